/**
 * How a job is put together of other jobs, its parts. Decided when it starts and kept with
 * it, so that every later look at it continues the same plan.
 */
export type CompositePlan =
  /** A picture, then a video that begins with it. */
  | { readonly type: "scene" }
  /** Several generations that follow one another in the finished video. */
  | {
      readonly type: "segments";
      readonly seconds: readonly number[];
      /** Of the first choice; the other segments prefer it, so that they look alike. */
      readonly model: string;
      /** Each begins with the last frame of the one before. */
      readonly inTurn: boolean;
      /** They become one file. */
      readonly joined: boolean;
    };

export function partNames(plan: CompositePlan): string[] {
  if (plan.type === "scene") return ["image", "video"];
  return plan.seconds.map((_, index) => segmentName(index + 1));
}

export function segmentName(number: number): string {
  return `segment-${number}`;
}

/** What callers are told in the place of a provider and a model; each part has its own. */
export const shownAs = {
  scene: { provider: "scene", model: "scene:image-to-video" },
  segments: { provider: "segments", model: "segments:long-video" },
} as const satisfies Record<CompositePlan["type"], { provider: string; model: string }>;
