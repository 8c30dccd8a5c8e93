import { Readable } from "node:stream";
import { z } from "zod";
import { DownloadError, type Downloads } from "../../src/engine/ports/downloads.js";
import type { Inspector } from "../../src/engine/ports/inspector.js";
import type { MediaStore } from "../../src/engine/ports/media-store.js";
import { fileDefects, type SimulatedFile } from "../vendors/shared/simulator.js";
import { fileUrl } from "../vendors/shared/simulator-host.js";
import { inspectSimulated } from "./inspect-simulated.js";

const origin = "https://files.example.test";

const described = z.object({
  width: z.number(),
  height: z.number(),
  durationSeconds: z.number(),
  audio: z.boolean(),
  medium: z.enum(["video", "image"]).default("video"),
  /** As a file spells it; providers make H.264. */
  codec: z.string().default("avc1"),
  defect: z.enum(fileDefects).optional(),
});

const pngSignature = "\x89PNG\r\n\x1a\n";

/** Where a simulator says that its file lies. */
export function describedFileUrl(file: SimulatedFile): string {
  return fileUrl(origin, file);
}

/** Serves the description of a file in place of its bytes. `fail` may make a download go wrong. */
export function describedDownloads(fail: () => DownloadError | undefined): Downloads {
  return {
    async open(url) {
      const failure = fail();
      if (failure !== undefined) throw failure;
      const text = Buffer.from(
        url.slice(url.lastIndexOf("/") + 1).split(".")[0] ?? "",
        "base64url",
      ).toString();
      const { defect, medium } = described.parse(JSON.parse(text));
      if (defect === "missing") throw new DownloadError("expired", "404");
      const contentType = medium === "video" ? "video/mp4" : "image/png";
      const bytes = Buffer.from(`${medium === "video" ? "" : pngSignature}${text}`, "latin1");
      return { stream: Readable.from([bytes]), contentType, bytes: bytes.length };
    },
  };
}

export async function readDescription(media: MediaStore, path: string): Promise<z.output<typeof described>> {
  const text = (await media.read(path, 0, 10_000)).toString("latin1");
  return described.parse(JSON.parse(text.slice(text.indexOf("{"))));
}

/** Finds in a stored description what a real inspector finds in a file. */
export function describedInspector(media: MediaStore): Inspector {
  return {
    async picture(path) {
      const { width, height, defect } = await readDescription(media, path);
      return defect === undefined ? { contentType: "image/png", width, height } : null;
    },
    async video(path) {
      const { codec, ...file } = await readDescription(media, path);
      return inspectSimulated(file, codec);
    },
  };
}
