import { glyphRows, glyphWidth } from "./pixel-font.js";

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** A picture with a palette: one byte per pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly palette: readonly Colour[];
}

export function createPicture(width: number, height: number, palette: readonly Colour[]): Picture {
  return { width, height, pixels: new Uint8Array(width * height), palette };
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Fills the part of the rectangle that lies inside the picture. */
export function fillRectangle(picture: Picture, rectangle: Rectangle, colourIndex: number): void {
  const left = Math.max(0, rectangle.left);
  const right = Math.min(picture.width, rectangle.left + rectangle.width);
  if (right <= left) return;
  const bottom = Math.min(picture.height, rectangle.top + rectangle.height);
  for (let y = Math.max(0, rectangle.top); y < bottom; y += 1) {
    picture.pixels.fill(colourIndex, y * picture.width + left, y * picture.width + right);
  }
}

/** Width of one character including the gap after it, in font pixels. */
export const characterAdvance = glyphWidth + 1;

export function drawText(
  picture: Picture,
  text: string,
  at: { readonly left: number; readonly top: number; readonly scale: number },
  colourIndex: number,
): void {
  for (const [index, character] of [...text].entries()) {
    const left = at.left + index * characterAdvance * at.scale;
    for (const [row, bits] of glyphRows(character).entries()) {
      for (let column = 0; column < glyphWidth; column += 1) {
        if ((bits & (1 << (glyphWidth - 1 - column))) === 0) continue;
        const dot = {
          left: left + column * at.scale,
          top: at.top + row * at.scale,
          width: at.scale,
          height: at.scale,
        };
        fillRectangle(picture, dot, colourIndex);
      }
    }
  }
}
