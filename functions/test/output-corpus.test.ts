import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { applyDefect } from "../simulation/kit/clips/file-bytes.js";
import { findProgram } from "../src/entrypoints/config/program.js";
import { expectSettled } from "./engine/settled.js";
import { caller, type World } from "./engine/world.js";
import {
  announcing,
  type Behaviour,
  bomb,
  endless,
  hangingUp,
  instead,
  packed,
  redirectingTo,
  trickling,
  understating,
  whole,
  withOpenEnd,
} from "./output/file-server.js";
import { type Installation, openInstallation } from "./output/installation.js";

jest.setTimeout(180_000);

const ffmpeg = findProgram("ffmpeg", process.env.PATH ?? "");
if (ffmpeg === null) console.warn("skipped: real conversions need ffmpeg on the PATH");

let installation: Installation;

beforeAll(async () => {
  // firebase-admin 14.5.1 hands its key to the storage client in a way that client calls deprecated.
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  installation = await openInstallation();
});

beforeEach(() => {
  installation.files.behave(whole);
  installation.files.hits.length = 0;
});

afterAll(() => installation.close());

async function finish(world: World, changes: Record<string, unknown> = {}) {
  const { id } = await world.submit({ providers: { only: ["runway:veo3.1_fast"] }, ...changes });
  await world.run(3_600);
  return world.job(id);
}

const html = "<!DOCTYPE html><html><body><script>alert(1)</script></body></html>";
/** Every frame is shown for half of its time. */
function halfAsLong(file: Buffer): Buffer {
  const changed = Buffer.from(file);
  const frameTime = changed.indexOf("stts") + 16;
  changed.writeUInt32BE(changed.readUInt32BE(frameTime) / 2, frameTime);
  return changed;
}

const withDefect = (defect: "truncated" | "corrupt") => instead((file) => applyDefect(file, "video", defect));

/** What a file host does, and what the attempt says then: its code and the first word of its reason. */
const corpus: readonly (readonly [what: string, behaviour: Behaviour, code: string, word: string])[] = [
  ["nothing at all", instead(() => Buffer.alloc(0)), "bad_output", "empty"],
  ["a file that was cut", withDefect("truncated"), "bad_output", "truncated"],
  ["garbage between its frames", withDefect("corrupt"), "bad_output", "corrupt"],
  ["a web page", instead(() => Buffer.from(html)), "bad_output", "not_mp4"],
  [
    "a drawing with a script",
    instead(() => Buffer.from(`<svg onload="alert(1)"/>${html}`)),
    "bad_output",
    "not_mp4",
  ],
  ["a program", instead(() => Buffer.from(`MZ${"\0".repeat(500)}`)), "bad_output", "not_mp4"],
  [
    "a video with a web page behind it",
    instead((file) => Buffer.concat([file, Buffer.from(html)])),
    "bad_output",
    "truncated",
  ],
  [
    "random bytes behind a sound beginning",
    instead((file) => Buffer.concat([file.subarray(0, 40), Buffer.alloc(9_000, 0xa7)])),
    "bad_output",
    "truncated",
  ],
  ["a packed file that nobody announced", instead(() => bomb), "bad_output", "not_mp4"],
  ["a file that unpacks to gigabytes", packed, "download_failed", "refused"],
  ["a stream without an end", endless, "bad_output", "too_large"],
  [
    "half a file, and hangs up",
    hangingUp((file) => file.subarray(0, file.length / 2)),
    "bad_output",
    "truncated",
  ],
  [
    "a file without lengths up to the last frame, and hangs up",
    hangingUp((file) => withOpenEnd(file).subarray(0, file.length - 20)),
    "bad_output",
    "(corrupt|truncated)",
  ],
  ["five announced gigabytes", announcing(() => 5 * 1024 ** 3), "bad_output", "too_large"],
  ["less than it announced", announcing((file) => file.length + 1_000), "download_failed", "incomplete"],
  ["more than it announced", understating, "bad_output", "truncated"],
  ["a byte now and then", trickling, "download_failed", "incomplete"],
  ["a way to a private address", redirectingTo("http://10.0.0.1/a.mp4"), "download_failed", "refused"],
  [
    "a way to the metadata server",
    redirectingTo("http://169.254.169.254/computeMetadata/v1/"),
    "download_failed",
    "refused",
  ],
  ["a way to a local file", redirectingTo("file:///etc/passwd"), "download_failed", "refused"],
  ["a way to itself", redirectingTo("/again.mp4"), "download_failed", "refused"],
  [
    "that the link has run out",
    (_file, response) => void response.writeHead(403).end(),
    "download_failed",
    "expired",
  ],
  [
    "that it is busy",
    (_file, response) => void response.writeHead(503).end(),
    "download_failed",
    "unreachable",
  ],
];

describe("a file host that delivers", () => {
  it.each(corpus)("%s costs its user nothing", async (_what, behaviour, code, word) => {
    installation.files.behave(behaviour);
    const world = await installation.world();
    const job = await finish(world);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, output: null, error: { code } });
    expect(job.attempts).toMatchObject([{ state: "failed", wasted: true, failure: { code } }]);
    expect(job.attempts[0]?.failure?.detail).toMatch(new RegExp(`^${word}: `));
    expect(await world.deps.media.stat(`videos/${caller.uid}/${job.id}.mp4`)).toBeNull();
    expect(await world.deps.credits.account(caller.uid)).toMatchObject({ balance: 1_000, held: 0, spent: 0 });
    await expectSettled(world);
  });

  it("a part, hangs up, and has all of it the next time, is asked again", async () => {
    let times = 0;
    installation.files.behave((file, response, request) => {
      times += 1;
      const behaviour = times === 1 ? hangingUp((all) => all.subarray(0, all.length - 9)) : whole;
      behaviour(file, response, request);
    });
    const world = await installation.world();
    const job = await finish(world);
    expect(job).toMatchObject({ status: "completed", attempts: [{ state: "succeeded", storeTries: 1 }] });
    expect(world.paidStarts()).toHaveLength(1);
    await expectSettled(world);
  });

  it.each([
    ["short", "mismatch: 2."],
    ["wrong-ratio", "mismatch: ratio 360:640"],
    ["small", "mismatch: 80x45 pixels"],
  ])("a sound file that is %s costs its user nothing", async (defect, detail) => {
    const world = await installation.world();
    world.fault(`runway:bad-output=${defect}`);
    const job = await finish(world, { durationSeconds: 6 });
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, error: { code: "bad_output" } });
    expect(job.attempts[0]?.failure?.detail).toContain(detail.slice(0, 9));
    await expectSettled(world);
  });

  it.each([
    ["another host", "https://files.example.com/a.mp4"],
    ["plain http", "http://files.example.com/a.mp4"],
    ["an address", "https://93.184.216.34/a.mp4"],
    ["this machine", "https://127.0.0.1/a.mp4"],
    ["no place at all", "nowhere"],
  ])("from %s is not even asked", async (_what, url) => {
    const world = await installation.world({ relocate: () => url });
    const job = await finish(world);
    expect(job).toMatchObject({ status: "failed", chargedCredits: 0, error: { code: "download_failed" } });
    expect(job.attempts[0]?.failure?.detail).toMatch(/^refused: /);
    expect(installation.files.hits).toEqual([]);
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        event: "output.rejected",
        fields: expect.objectContaining({ jobId: job.id, provider: "runway", code: "download_failed" }),
      }),
    );
  });
});

const image = "https://images.example.com/portrait.png";
const kinds: Readonly<Record<string, Record<string, unknown>>> = {
  text: { kind: "text" },
  image: { kind: "image", image },
  frames: { kind: "frames", firstFrame: image, lastFrame: image },
  avatar: { kind: "avatar", prompt: undefined, script: "Good morning, and welcome." },
  photo: { kind: "avatar", prompt: undefined, script: "Good morning, and welcome.", image },
};

describe("a sound file", () => {
  it.each([
    ["heygen", "avatar"],
    ["heygen", "photo"],
    ["runway", "text"],
    ["runway", "image"],
    ["runway", "frames"],
    ["runway", "avatar"],
    ["runware", "text"],
    ["runware", "image"],
    ["runware", "frames"],
  ])("of %s, made from %s, is stored and charged", async (vendor, kind) => {
    const world = await installation.world();
    const job = await finish(world, { ...kinds[kind], providers: { only: [vendor] } });
    expect(job.attempts.map(({ failure }) => failure)).toEqual([null]);
    expect(job).toMatchObject({ status: "completed", error: null, attempts: [{ state: "succeeded" }] });
    expect(job.chargedCredits).toBeGreaterThan(0);
    expect(job.output).toMatchObject({ path: `videos/${caller.uid}/${job.id}.mp4`, codec: "avc1" });
    const stored = await world.deps.media.stat(job.output?.path ?? "");
    expect(stored).toMatchObject({ contentType: "video/mp4", bytes: job.output?.bytes });
    await expectSettled(world);
  });

  it("has the vendor's own picture beside it where the vendor makes one", async () => {
    const world = await installation.world();
    const job = await finish(world, { ...kinds.avatar, providers: { only: ["heygen"] } });
    const path = `videos/${caller.uid}/${job.id}.jpg`;
    expect(job.output?.thumbnailPath).toBe(path);
    expect(await world.deps.inspector.picture(path)).toMatchObject({ contentType: "image/png", width: 640 });
  });
});

(ffmpeg === null ? describe.skip : describe)("a file that is doubted, where ffmpeg is there", () => {
  const hidden = Buffer.from("\0\0\0\u0020junk".padEnd(24, "x"), "latin1");
  it.each([
    ["with a web page behind it", (file: Buffer) => Buffer.concat([file, Buffer.from(html)])],
    ["with half a box behind it", (file: Buffer) => Buffer.concat([file, hidden])],
  ])("%s is written anew, checked again and charged", async (_what, change) => {
    installation.files.behave(instead(change));
    const world = await installation.world({ ffmpeg: ffmpeg ?? "" });
    const job = await finish(world, { durationSeconds: 4 });
    expect(job).toMatchObject({ status: "completed", chargedCredits: 8, output: { codec: "avc1" } });
    const path = job.output?.path ?? "";
    expect(await world.deps.media.stat(path)).toMatchObject({ sha256: job.output?.sha256 });
    expect((await world.deps.media.read(path, 0, job.output?.bytes ?? 0)).includes("alert(1)")).toBe(false);
    expect(await world.deps.media.stat(path.replace(/mp4$/, "converting.mp4"))).toBeNull();
    await expectSettled(world);
  });

  it("is fetched again when it may have come cut off and what was mended has no right length", async () => {
    let times = 0;
    installation.files.behave((file, response, request) => {
      times += 1;
      const behaviour = times === 1 ? hangingUp((all) => Buffer.concat([halfAsLong(all), hidden])) : whole;
      behaviour(file, response, request);
    });
    const world = await installation.world({ ffmpeg: ffmpeg ?? "" });
    const job = await finish(world, { durationSeconds: 4 });
    expect(job).toMatchObject({ status: "completed", attempts: [{ state: "succeeded", storeTries: 1 }] });
    expect([times, world.paidStarts().length]).toEqual([2, 1]);
    await expectSettled(world);
  });

  it.each(["truncated", "corrupt"] as const)("is still refused when it is %s", async (defect) => {
    installation.files.behave(withDefect(defect));
    const world = await installation.world({ ffmpeg: ffmpeg ?? "" });
    expect(await finish(world)).toMatchObject({ status: "failed", chargedCredits: 0 });
    await expectSettled(world);
  });
});

(ffmpeg === null ? describe.skip : describe)("a sound file in another form", () => {
  it.each([
    [{ codec: "h265" }, { codec: "hvc1", contentType: "video/mp4" }],
    [{ format: "gif" }, { codec: "gif", contentType: "image/gif" }],
    [{ bitrateKbps: 100 }, { codec: "avc1", contentType: "video/mp4" }],
  ])("asked for as %j is converted, stored and charged", async (output, expected) => {
    const world = await installation.world({ ffmpeg: ffmpeg ?? "" });
    const job = await finish(world, { output, durationSeconds: 4 });
    expect(job).toMatchObject({ status: "completed", chargedCredits: 8, output: expected });
    expect(job.output?.thumbnailPath).not.toBeNull();
    const stored = await world.deps.media.stat(job.output?.path ?? "");
    expect(stored).toMatchObject({ contentType: expected.contentType, sha256: job.output?.sha256 });
    await expectSettled(world);
  });
});
