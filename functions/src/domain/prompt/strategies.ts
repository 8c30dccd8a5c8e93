import type { VideoRequest } from "../request/request.js";

/** How far a strategy goes beyond what the caller wrote. */
export interface Strategy {
  readonly style: boolean;
  /** Most visual elements that are taken from a CV. */
  readonly elements: number;
  /** Sentences of the strategy's own, most important first. */
  readonly sentences: readonly string[];
}

/** `precise` keeps what the caller set word for word: brand terms, what to avoid, the camera. */
export const strategies: Readonly<Record<VideoRequest["strategy"], Strategy>> = {
  default: { style: true, elements: 3, sentences: [] },
  creative: {
    style: true,
    elements: 6,
    sentences: [
      "Cinematic composition with depth and atmosphere.",
      "Light that changes gently as the scene unfolds.",
    ],
  },
  precise: { style: false, elements: 0, sentences: [] },
};
