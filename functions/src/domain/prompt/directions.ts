import type { VideoRequest } from "../request/request.js";
import { withoutFullStop } from "./text.js";

/** The styles with a name of their own; every other style is the caller's own words. */
const styles: ReadonlyMap<string, string> = new Map([
  ["professional", "Clean, well-lit scene with subtle, steady movement."],
  ["friendly", "Warm light and a smooth, inviting camera."],
  ["energetic", "Vivid colours, dynamic angles and quick movement."],
]);

export function styleText(style: string): string {
  return styles.get(style.trim().toLowerCase()) ?? `Style: ${withoutFullStop(style)}.`;
}

type Camera = NonNullable<VideoRequest["camera"]>;

/** Slight, steady and strong. No provider has a parameter for the camera, so words must do. */
const cameraMoves: Readonly<Record<Camera["move"], readonly [string, string, string]>> = {
  static: ["Static camera.", "Static camera.", "Static camera."],
  pan: ["Slow, slight camera pan.", "Steady camera pan.", "Sweeping camera pan."],
  zoom: ["Very slow zoom.", "Steady zoom.", "Fast, strong zoom."],
  tilt: ["Slight camera tilt.", "Steady camera tilt.", "Strong camera tilt."],
};

export function cameraText(camera: Camera): string {
  const [slight, steady, strong] = cameraMoves[camera.move];
  if (camera.intensity < 1 / 3) return slight;
  return camera.intensity < 2 / 3 ? steady : strong;
}

/** How far a strategy goes beyond what the caller wrote. */
interface Strategy {
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
