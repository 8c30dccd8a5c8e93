import type { Picture } from "./picture.js";

/** Bytes of a picture in I420, the layout that the encoder takes: full luma, quarter colour. */
export function createYuv(picture: Picture): Uint8Array {
  const yuv = new Uint8Array((picture.width * picture.height * 3) / 2);
  updateYuv(yuv, picture, { fromRow: 0, toRow: picture.height });
  return yuv;
}

/** Converts some rows only; both ends must be even. Frames differ in few rows. */
export function updateYuv(
  yuv: Uint8Array,
  picture: Picture,
  rows: { readonly fromRow: number; readonly toRow: number },
): void {
  const { width, height, pixels } = picture;
  const colours = picture.palette.map(toBt601);
  const blueStart = width * height;
  const redStart = blueStart + blueStart / 4;
  for (let y = rows.fromRow; y < rows.toRow; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = colours[pixels[y * width + x] ?? 0];
      if (colour === undefined) continue;
      yuv[y * width + x] = colour.luma;
      if (y % 2 === 1 || x % 2 === 1) continue;
      const quarter = (y / 2) * (width / 2) + x / 2;
      yuv[blueStart + quarter] = colour.blueDifference;
      yuv[redStart + quarter] = colour.redDifference;
    }
  }
}

/** BT.601, limited range: what a player assumes when a file does not say. */
function toBt601({ red, green, blue }: Picture["palette"][number]) {
  return {
    luma: Math.round(16 + 0.257 * red + 0.504 * green + 0.098 * blue),
    blueDifference: Math.round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
    redDifference: Math.round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
  };
}
