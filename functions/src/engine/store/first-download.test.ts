import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { expectSettled } from "../../../test/engine/settled.js";
import { createWorld, type World } from "../../../test/engine/world.js";
import type { Job } from "../../domain/job/job.js";
import { type Download, DownloadError, type Downloads } from "../ports/downloads.js";
import { storeVideo } from "./store-video.js";

type Change = (download: Download) => Download;

/** The same description of a file with a defect, as a server would send another file. */
const spoiled =
  (defect: string, unmarked = false) =>
  (download: Download) => ({
    ...download,
    ...(unmarked ? { endsUnmarked: true as const } : {}),
    stream: Readable.from(
      (async function* () {
        let text = "";
        for await (const chunk of download.stream) text += Buffer.from(chunk).toString("latin1");
        yield Buffer.from(text.replace("{", `{"defect":"${defect}",`), "latin1");
      })(),
    ),
    bytes: null,
  });

/** Changes the first downloads, one after another; what follows them comes as it is. */
function changedDownloads({ open }: Downloads, changes: readonly Change[]) {
  const urls: string[] = [];
  const downloads: Downloads = {
    async open(url, ...rest) {
      const download = await open(url, ...rest);
      const change = changes[urls.length];
      urls.push(url);
      return change === undefined ? download : change(download);
    },
  };
  return { downloads, urls };
}

async function finish(changes: readonly Change[], request: Record<string, unknown> = {}) {
  const world = createWorld({});
  const changed = changedDownloads(world.deps.downloads, changes);
  Object.assign(world.deps, { downloads: changed.downloads });
  const { id } = await world.submit(request);
  await world.run(3_600);
  await expectSettled(world);
  return { world, job: await world.job(id), urls: changed.urls };
}

const packed: Change = (download) => {
  download.stream.destroy();
  throw new DownloadError("refused", "the file came packed as gzip", true);
};

const bad: readonly (readonly [string, Change])[] = [
  ["cut", spoiled("truncated")],
  ["empty", spoiled("empty")],
  ["a page", spoiled("html")],
  ["damaged", spoiled("corrupt")],
  ["too short", spoiled("short")],
  ["of another shape", spoiled("wrong-ratio")],
  ["packed", packed],
];

const paidOnce = (world: World, job: Job) => {
  expect(job).toMatchObject({ status: "completed", attempts: [{ state: "succeeded", wasted: false }] });
  expect(world.paidStarts()).toHaveLength(1);
};

describe("a finished file that comes badly", () => {
  it.each(bad)("once, %s, is fetched again and paid once", async (_what, change) => {
    const { world, job, urls } = await finish([change]);
    paidOnce(world, job);
    expect(urls).toHaveLength(2);
  });

  it.each(bad.slice(0, -1))("twice the same, %s, is made by somebody else", async (_what, change) => {
    const { job, urls } = await finish([change, change]);
    expect(urls).toHaveLength(3);
    expect(job.attempts.map(({ state, failure }) => [state, failure?.code])).toEqual([
      ["failed", "bad_output"],
      ["succeeded", undefined],
    ]);
  });

  it("each time in another way is fetched as often as the policy says", async () => {
    const { world, job } = await finish(bad.slice(0, 4).map(([, change]) => change));
    paidOnce(world, job);
  });

  it("twice the same from a host that does not mark the end is fetched again", async () => {
    const cut = spoiled("truncated", true);
    const { world, job, urls } = await finish([cut, cut, cut]);
    paidOnce(world, job);
    expect(urls).toHaveLength(4);
  });
});

describe("a file that ends every process that looks at it", () => {
  it("is not looked at for ever: somebody else makes the video", async () => {
    const world = createWorld({});
    const { id } = await world.submit();
    while ((await world.job(id)).status !== "storing") {
      world.advance(5);
      await world.runDue();
    }
    const mortal = {
      ...world.deps,
      inspector: { ...world.deps.inspector, video: () => new Promise<never>(() => undefined) },
    };
    for (let tries = 0; tries < 12; tries += 1) {
      void storeVideo(mortal, id);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await storeVideo(mortal, id);
    const { attempts } = await world.job(id);
    expect(attempts[0]).toMatchObject({ state: "failed", wasted: true, failure: { code: "bad_output" } });
    await world.run(3_600);
    expect(await world.job(id)).toMatchObject({ status: "completed" });
    await expectSettled(world);
  });
});
