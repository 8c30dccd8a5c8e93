import type { Inspection } from "../../domain/output/check.js";

export interface Inspector {
  /** Reads a stored video and tells what it is, or what is wrong with it. */
  video(path: string): Promise<Inspection>;
  /** Reads a stored picture; `null` when it is none, or not whole. */
  picture(path: string): Promise<PictureFacts | null>;
}

export interface PictureFacts {
  readonly contentType: "image/jpeg" | "image/png" | "image/webp";
  readonly width: number;
  readonly height: number;
}
