/** What is known of a picture without decoding it. */
interface ImageFacts {
  readonly format: "png" | "jpeg" | "webp";
  readonly width: number;
  readonly height: number;
}

export type ImageCheck =
  | { readonly ok: true; readonly facts: ImageFacts }
  | {
      readonly ok: false;
      readonly defect: "empty" | "not_image" | "truncated" | "corrupt" | "too_large";
      readonly detail: string;
    };

/** Twice what 8K has. A few bytes can promise more, and whoever opens them needs the memory for it. */
const maxPixels = 64_000_000;
const maxSidePixels = 16_384;

/** A whole picture of this size, unless it has none or one that nobody asked for. */
export function measured(facts: ImageFacts): ImageCheck {
  const { format, width, height } = facts;
  if (width === 0 || height === 0) return corrupt(`the ${format} has no pixels`);
  if (Math.max(width, height) > maxSidePixels || width * height > maxPixels) {
    return { ok: false, defect: "too_large", detail: `the ${format} has ${width}x${height} pixels` };
  }
  return { ok: true, facts };
}

export function corrupt(detail: string): ImageCheck {
  return { ok: false, defect: "corrupt", detail };
}

export function truncated(format: string): ImageCheck {
  return { ok: false, defect: "truncated", detail: `the ${format} ends too early` };
}

/** What follows the end of a picture can make it a page or a program as well. */
export function trailing(format: string, bytes: number): ImageCheck {
  return corrupt(`${bytes} bytes follow the end of the ${format}`);
}

/** Far more parts than any real picture has. Ends the walk through a file that was made to keep us busy. */
export const maxParts = 20_000;
