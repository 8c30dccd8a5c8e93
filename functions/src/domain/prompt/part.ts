/** Why something that a caller or a strategy would have in a prompt is not in it. */
export type LeftOutReason =
  /** The model's limit was reached. */
  | "no_room"
  /** The `precise` strategy takes the prompt as it is. */
  | "precise"
  /** A script is spoken; a presenter takes no directions. */
  | "spoken";

/** One thing that stands, or would stand, behind the caller's own words. */
export interface PromptPart {
  /** The field of the request that it comes from. */
  readonly field: "prompt" | "brandTerms" | "negativePrompt" | "camera" | "style" | "cvScript" | "strategy";
  readonly text: string;
}

export interface LeftOutPart extends PromptPart {
  readonly reason: LeftOutReason;
}

export interface PromptResult {
  /** What the model receives. */
  readonly text: string;
  readonly added: readonly PromptPart[];
  readonly leftOut: readonly LeftOutPart[];
}
