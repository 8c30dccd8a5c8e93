import { existsSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type Browser, chromium, type Page } from "playwright-core";
import { type LoopbackServer, startLoopbackServer } from "../simulation/kit/loopback-server.js";
import { findProgram } from "../src/entrypoints/config/program.js";
import { type Installation, openInstallation } from "./output/installation.js";

jest.setTimeout(120_000);

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser) console.warn(`skipped: playing a video needs ${executablePath}, or CHROMIUM_PATH`);
const ffmpeg = findProgram("ffmpeg", process.env.PATH ?? "");

let installation: Installation;
let server: LoopbackServer;
let browser: Browser;
let page: Page;
let html: string;

(hasBrowser ? describe : describe.skip)("a finished file in a browser", () => {
  beforeAll(async () => {
    jest.spyOn(console, "warn").mockImplementation(() => undefined);
    installation = await openInstallation();
    server = await startLoopbackServer(async (_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(html);
    });
    // Containers run as root without user namespaces; the only page is ours.
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--mute-audio"] });
  });

  beforeEach(async () => {
    page = await browser.newPage();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    await installation.close();
  });

  async function linkOf(
    changes: Record<string, unknown>,
    converter: { ffmpeg?: string } = {},
  ): Promise<string> {
    const world = await installation.world(converter);
    const { id } = await world.submit(changes);
    await world.run(3_600);
    const { output } = await world.job(id);
    if (output === null) throw new Error("the job made no file");
    return world.deps.media.signedUrl(output.path, Date.now() + 60_000);
  }

  async function show(element: string): Promise<void> {
    html = `<!DOCTYPE html><title>player</title>${element}`;
    await page.goto(server.origin);
  }

  it.each([
    ["with sound", { kind: "avatar", script: "Good morning.", providers: { only: ["heygen"] } }, 640, 360],
    ["upright", { aspectRatio: "9:16", prompt: "A boat", providers: { only: ["runway"] } }, 360, 640],
  ])("plays and can be moved through: %s", async (_what, changes, width, height) => {
    const request = "script" in changes ? { ...changes, prompt: undefined } : changes;
    await show(`<video muted autoplay src="${await linkOf(request)}"></video>`);
    await page.waitForFunction("document.querySelector('video').currentTime > 0.5");
    const state = "(({videoWidth, videoHeight, error}) => ({videoWidth, videoHeight, error}))";
    expect(await page.evaluate(`${state}(document.querySelector('video'))`)).toEqual({
      videoWidth: width,
      videoHeight: height,
      error: null,
    });
    await page.evaluate("document.querySelector('video').currentTime = 0.1");
    await page.waitForFunction("!document.querySelector('video').seeking");
  });

  (ffmpeg === null ? it.skip : it)("shows a converted GIF", async () => {
    const output = { format: "gif" };
    const link = await linkOf({ output, durationSeconds: 4 }, { ffmpeg: ffmpeg ?? "" });
    await show(`<img src="${link}">`);
    await page.waitForFunction("document.querySelector('img').complete");
    expect(await page.evaluate("document.querySelector('img').naturalWidth")).toBe(640);
  });
});
