import { canonicalJson, sha256 } from "../../../src/domain/hash.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import {
  type Colour,
  characterAdvance,
  createPicture,
  drawText,
  fillRectangle,
  glyphHeight,
  type Picture,
  type Rectangle,
  wrapText,
} from "./picture.js";

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
/** How much smaller than planned a stand-in may be: of the largest video that is made, 3840 pixels wide. */
export const standInTolerance = 0.85;

/** Counts up when the drawing or the encoding changes, so that cached files are not reused. */
const clipVersion = 2;

/** The clip of a described file, with the defects that change what is drawn. */
export function toClip(file: SimulatedFile): Clip {
  const asked = file.defect === "wrong-ratio" ? wrongRatio(file) : file;
  const most = file.defect === "small" ? maxSide / 8 : maxSide;
  return {
    vendor: file.vendor,
    model: file.model,
    id: file.id,
    askedSize: `${file.width}x${file.height}`,
    ...scaledDown(asked.width, asked.height, most),
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

function scaledDown(width: number, height: number, most: number): { width: number; height: number } {
  const factor = Math.min(1, most / Math.max(width, height));
  // H.264 with 4:2:0 colour needs even sides.
  const even = (side: number) => Math.max(16, Math.round((side * factor) / 2) * 2);
  return { width: even(width), height: even(height) };
}

// Places in the palette; 0 is the background.
const foreground = 1;
const quiet = 2;
const accent = 3;

/** Below three pixels per dot a text is hard to read on a phone. */
const readableScale = 3;

/** The still part of a clip: who made it, with what, and its id, so that a mix-up can be seen. */
export function drawTitleCard(clip: Clip): Picture {
  const picture = createPicture(clip.width, clip.height, paletteOf(clip.vendor));
  const margin = Math.max(4, Math.round(Math.min(clip.width, clip.height) / 16));
  const lines = [
    { text: clip.vendor, maxScale: 6, colour: accent },
    { text: clip.model, maxScale: 4, colour: foreground },
    { text: clip.id, maxScale: 4, colour: foreground },
    { text: `SIMULATED ${clip.askedSize}`, maxScale: 3, colour: quiet },
  ];
  const room = clip.width - 2 * margin;
  let top = margin;
  for (const { text, maxScale, colour } of lines) {
    const scale = scaleFor(text, room, maxScale);
    const perLine = Math.max(1, Math.floor(room / (characterAdvance * scale)));
    for (const line of wrapText(text, perLine)) {
      drawText(picture, line, { left: margin, top, scale }, colour);
      top += (glyphHeight + 2) * scale;
    }
    top += Math.round(margin / 3);
  }
  drawBar(picture, 0);
  return picture;
}

/** Moves the bar to a fraction of its way and returns the rows that changed. */
export function drawBar(picture: Picture, fraction: number): { fromRow: number; toRow: number } {
  const track = barTrack(picture);
  const barWidth = Math.max(2, Math.round(picture.width / 10));
  const left = Math.round(fraction * (picture.width - barWidth));
  fillRectangle(picture, track, quiet);
  fillRectangle(picture, { ...track, left, width: barWidth }, accent);
  return { fromRow: track.top, toRow: track.top + track.height };
}

/** Even rows, as colour is stored for pairs of rows. */
function barTrack(picture: Picture): Rectangle {
  const height = Math.max(2, Math.round(picture.height / 32) * 2);
  return { left: 0, top: picture.height - height, width: picture.width, height };
}

/** The largest scale at which the text fits on one line; long texts wrap at a readable one. */
function scaleFor(text: string, room: number, maxScale: number): number {
  const fitting = Math.floor(room / (characterAdvance * Math.max(1, text.length)));
  const smallest = room < 20 * characterAdvance ? 1 : readableScale;
  return Math.min(maxScale, Math.max(smallest, fitting));
}

/** A dark background whose hue follows the vendor, so that vendors are told apart at a glance. */
function paletteOf(vendor: string): readonly Colour[] {
  const hue = Number.parseInt(sha256(vendor).slice(0, 4), 16) / 0x10000;
  return [
    toColour(hue, 0.14),
    { red: 255, green: 255, blue: 255 },
    toColour(hue, 0.55),
    toColour((hue + 0.5) % 1, 0.72),
  ];
}

/** Hue and lightness at a saturation of one half. */
function toColour(hue: number, lightness: number): Colour {
  const spread = 0.5 * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const position = (offset + hue * 12) % 12;
    const value = lightness - spread * Math.max(-1, Math.min(position - 3, 9 - position, 1));
    return Math.round(value * 255);
  };
  return { red: channel(0), green: channel(8), blue: channel(4) };
}
