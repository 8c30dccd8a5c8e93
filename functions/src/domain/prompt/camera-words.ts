import type { VideoRequest } from "../request/request.js";

type Camera = NonNullable<VideoRequest["camera"]>;

/** Slight, steady and strong. No provider has a parameter for the camera, so words must do. */
const cameraWords: Readonly<Record<Camera["move"], readonly [string, string, string]>> = {
  static: ["Static camera.", "Static camera.", "Static camera."],
  pan: ["Slow, slight camera pan.", "Steady camera pan.", "Sweeping camera pan."],
  zoom: ["Very slow zoom.", "Steady zoom.", "Fast, strong zoom."],
  tilt: ["Slight camera tilt.", "Steady camera tilt.", "Strong camera tilt."],
};

export function cameraText(camera: Camera): string {
  const [slight, steady, strong] = cameraWords[camera.move];
  if (camera.intensity < 1 / 3) return slight;
  return camera.intensity < 2 / 3 ? steady : strong;
}
