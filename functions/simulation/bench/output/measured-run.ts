import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { initializeApp } from "firebase-admin/app";
import { getStorage } from "firebase-admin/storage";
import { firebaseMediaStore } from "../../../src/adapters/firebase/media-store.js";
import { createDownloads } from "../../../src/adapters/media/downloads.js";
import { createInspector } from "../../../src/adapters/media/inspector.js";
import { bufferReader } from "../../../src/adapters/media/media-reader.js";
import { checkMp4 } from "../../../src/adapters/media/mp4-check.js";
import { silentLogger } from "../../kit/silent-logger.js";
import { largeMp4 } from "./large-mp4.js";

/** What the parent tells this process, as JSON in `MEASURED_RUN`; storage is in the environment. */
export interface MeasuredRunOptions {
  readonly form: "ours" | "whole";
  readonly fileUrl: string;
  readonly bucketName: string;
}

/** What it prints as JSON. Memory is the highest that the operating system saw. */
export interface MeasuredRun {
  readonly bytes: number;
  readonly seconds: number;
  readonly baselineBytes: number;
  readonly peakBytes: number;
}

const { form, fileUrl, bucketName } = JSON.parse(process.env.MEASURED_RUN ?? "{}") as MeasuredRunOptions;
const bucket = getStorage(initializeApp({ projectId: "demo-bench", storageBucket: bucketName })).bucket();
const media = firebaseMediaStore({ bucketName, bucket, log: silentLogger, now: Date.now });
const options = {
  contentType: "video/mp4" as const,
  maxBytes: Number.MAX_SAFE_INTEGER,
  public: false,
  metadata: { attempt: "1" },
};

/** As the function does it: never more of the file in memory than is on its way. */
async function streamed(url: string, path: string): Promise<number> {
  const download = await createDownloads({ loopbackHosts: ["127.0.0.1"] }).open(url, []);
  const { bytes } = await media.write(path, download.stream, options);
  return expectSound(bytes, await createInspector(media).video(path));
}

/** As it is first written: the file in a variable, hashed, saved and looked at there. */
async function whole(url: string, path: string): Promise<number> {
  const content = Buffer.from(await (await fetch(url)).arrayBuffer());
  const sha256 = createHash("sha256").update(content).digest("hex");
  await bucket.file(path).save(content, { validation: false, metadata: { metadata: { sha256 } } });
  return expectSound(content.length, await checkMp4(bufferReader(content)));
}

function expectSound(bytes: number, check: { readonly ok: boolean }): number {
  if (!check.ok) throw new Error(`the file did not pass: ${JSON.stringify(check)}`);
  return bytes;
}

async function warmUp(): Promise<void> {
  const small = largeMp4(10_000_000);
  await media.write("warm-up.mp4", Readable.from(small.content()), options);
  await createInspector(media).video("warm-up.mp4");
}

await warmUp();
const baselineBytes = process.resourceUsage().maxRSS * 1024;
const start = performance.now();
const bytes = await (form === "ours" ? streamed : whole)(fileUrl, `${form}.mp4`);
const seconds = (performance.now() - start) / 1_000;
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  `\n${JSON.stringify({ bytes, seconds, baselineBytes, peakBytes } satisfies MeasuredRun)}\n`,
);
process.exit(0);
