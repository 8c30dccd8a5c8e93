export interface ImageFacts {
  readonly format: "png" | "jpeg" | "webp";
  readonly width: number;
  readonly height: number;
}

export type ImageCheck =
  | { readonly ok: true; readonly facts: ImageFacts }
  | {
      readonly ok: false;
      readonly defect: "empty" | "not_image" | "truncated" | "corrupt";
      readonly detail: string;
    };
