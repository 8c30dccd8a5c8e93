/** A 5×7 bitmap font: seven rows per character, most significant bit on the left. */
const glyphWidth = 5;
export const glyphHeight = 7;

const glyphs: Readonly<Record<string, string>> = {
  A: "01110 10001 10001 11111 10001 10001 10001",
  B: "11110 10001 10001 11110 10001 10001 11110",
  C: "01110 10001 10000 10000 10000 10001 01110",
  D: "11110 10001 10001 10001 10001 10001 11110",
  E: "11111 10000 10000 11110 10000 10000 11111",
  F: "11111 10000 10000 11110 10000 10000 10000",
  G: "01110 10001 10000 10111 10001 10001 01111",
  H: "10001 10001 10001 11111 10001 10001 10001",
  I: "01110 00100 00100 00100 00100 00100 01110",
  J: "00111 00010 00010 00010 00010 10010 01100",
  K: "10001 10010 10100 11000 10100 10010 10001",
  L: "10000 10000 10000 10000 10000 10000 11111",
  M: "10001 11011 10101 10101 10001 10001 10001",
  N: "10001 11001 10101 10011 10001 10001 10001",
  O: "01110 10001 10001 10001 10001 10001 01110",
  P: "11110 10001 10001 11110 10000 10000 10000",
  Q: "01110 10001 10001 10001 10101 10010 01101",
  R: "11110 10001 10001 11110 10100 10010 10001",
  S: "01111 10000 10000 01110 00001 00001 11110",
  T: "11111 00100 00100 00100 00100 00100 00100",
  U: "10001 10001 10001 10001 10001 10001 01110",
  V: "10001 10001 10001 10001 10001 01010 00100",
  W: "10001 10001 10001 10101 10101 11011 10001",
  X: "10001 10001 01010 00100 01010 10001 10001",
  Y: "10001 10001 01010 00100 00100 00100 00100",
  Z: "11111 00001 00010 00100 01000 10000 11111",
  "0": "01110 10001 10011 10101 11001 10001 01110",
  "1": "00100 01100 00100 00100 00100 00100 01110",
  "2": "01110 10001 00001 00110 01000 10000 11111",
  "3": "11110 00001 00001 01110 00001 00001 11110",
  "4": "00010 00110 01010 10010 11111 00010 00010",
  "5": "11111 10000 11110 00001 00001 10001 01110",
  "6": "00110 01000 10000 11110 10001 10001 01110",
  "7": "11111 00001 00010 00100 01000 01000 01000",
  "8": "01110 10001 10001 01110 10001 10001 01110",
  "9": "01110 10001 10001 01111 00001 00010 01100",
  " ": "00000 00000 00000 00000 00000 00000 00000",
  "-": "00000 00000 00000 11111 00000 00000 00000",
  _: "00000 00000 00000 00000 00000 00000 11111",
  ".": "00000 00000 00000 00000 00000 01100 01100",
  ",": "00000 00000 00000 00000 01100 00100 01000",
  ":": "00000 01100 01100 00000 01100 01100 00000",
  "/": "00001 00001 00010 00100 01000 10000 10000",
  "@": "01110 10001 10111 10101 10111 10000 01110",
  "#": "01010 01010 11111 01010 11111 01010 01010",
  "+": "00000 00100 00100 11111 00100 00100 00000",
  "=": "00000 00000 11111 00000 11111 00000 00000",
  "(": "00010 00100 01000 01000 01000 00100 00010",
  ")": "01000 00100 00010 00010 00010 00100 01000",
};

const unknownGlyph = "11111 10001 10001 10001 10001 10001 11111";

const rowsByCharacter = new Map<string, readonly number[]>();

/** Seven rows of five bits. Lower-case letters look like capitals; an unknown one is a box. */
function glyphRows(character: string): readonly number[] {
  const upper = character.toUpperCase();
  const known = rowsByCharacter.get(upper);
  if (known !== undefined) return known;
  const rows = (glyphs[upper] ?? unknownGlyph).split(" ").map((row) => Number.parseInt(row, 2));
  rowsByCharacter.set(upper, rows);
  return rows;
}

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

/**
 * Cuts a text into lines, after a separator where there is one in the second half of a line, so
 * that the groups of an id stay together.
 */
export function wrapText(text: string, charactersPerLine: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > charactersPerLine) {
    const separator = rest.slice(0, charactersPerLine).search(/[-_:/ ][^-_:/ ]*$/);
    const end = separator + 1 > charactersPerLine / 2 ? separator + 1 : charactersPerLine;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...lines, rest];
}
