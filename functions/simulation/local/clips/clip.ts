import { canonicalJson, sha256 } from "../../../src/domain/hash.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";

/**
 * What is drawn and encoded: a stand-in for the file that a vendor would have made. The shape and
 * the length are those that were asked for; pixels and frame rate are fewer, so that a clip is
 * ready in a fraction of a second and a few kilobytes long.
 */
export interface Clip {
  readonly vendor: string;
  readonly model: string;
  readonly id: string;
  /** The size that was asked for, as it is written into the picture. */
  readonly askedSize: string;
  /** Pixels of the stand-in: even, at most `maxSide`. */
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly audio: boolean;
}

export const framesPerSecond = 12;
const maxSide = 640;

/** Counts up when the drawing or the encoding changes, so that cached files are not reused. */
const clipVersion = 2;

/** The clip of a described file, with the defects that change what is drawn. */
export function toClip(file: SimulatedFile): Clip {
  const asked = file.defect === "wrong-ratio" ? wrongRatio(file) : file;
  return {
    vendor: file.vendor,
    model: file.model,
    id: file.id,
    askedSize: `${file.width}x${file.height}`,
    ...scaledDown(asked.width, asked.height),
    durationSeconds: file.defect === "short" ? file.durationSeconds / 2 : file.durationSeconds,
    audio: file.audio,
  };
}

/** Equal for equal clips; a name for the cache. */
export function clipKey(clip: Clip, medium: SimulatedFile["medium"]): string {
  return sha256(canonicalJson({ clipVersion, medium, ...clip }));
}

function wrongRatio(size: { width: number; height: number }): { width: number; height: number } {
  if (size.width !== size.height) return { width: size.height, height: size.width };
  return { width: Math.round((size.width * 16) / 9), height: size.height };
}

function scaledDown(width: number, height: number): { width: number; height: number } {
  const factor = Math.min(1, maxSide / Math.max(width, height));
  // H.264 with 4:2:0 colour needs even sides.
  const even = (side: number) => Math.max(16, Math.round((side * factor) / 2) * 2);
  return { width: even(width), height: even(height) };
}
