import { sha256 } from "../../../src/domain/hash.js";
import type { Clip } from "./clip.js";
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
