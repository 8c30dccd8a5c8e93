import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseRequest } from "../request/request.js";
import type { VideoFacts } from "./check.js";
import { type ConverterLimits, conversionFor, conversionProblem, outputProblem } from "./conversion.js";

const facts: VideoFacts = { width: 1280, height: 720, durationSeconds: 5, codec: "avc1", hasAudio: true };
/** 2,000 kbit/s over five seconds. */
const bytes = 1_250_000;

const request = (changes: Record<string, unknown>) =>
  parseRequest({ kind: "text", prompt: "A paper boat", ...changes });
const converter = (changes: Partial<ConverterLimits> = {}): ConverterLimits => ({
  capabilities: new Set(["h264", "h265", "gif"]),
  minSeconds: 0,
  ...changes,
});

describe("what differs from what was asked", () => {
  it.each([
    ["nothing asked", {}, null],
    ["the codec that it has", { codec: "h264" }, null],
    ["another codec", { codec: "h265" }, { format: "mp4", codec: "h265" }],
    ["a ceiling above its bitrate", { bitrateKbps: 3_000 }, null],
    ["a ceiling that it all but keeps", { bitrateKbps: 1_800 }, null],
    ["a ceiling below it", { bitrateKbps: 500 }, { format: "mp4", codec: "h264", bitrateKbps: 500 }],
    ["both", { codec: "h265", bitrateKbps: 500 }, { format: "mp4", codec: "h265", bitrateKbps: 500 }],
    ["a GIF", { format: "gif" }, { format: "gif" }],
  ])("is told for a file and %s", (_what, output, expected) => {
    expect(conversionFor(request({ output }).output, facts, bytes)).toEqual(expected);
  });

  it.each(["hvc1", "hev1"])("is nothing when H.265 is asked for and the file says %s", (codec) => {
    expect(
      conversionFor(request({ output: { codec: "h265" } }).output, { ...facts, codec }, bytes),
    ).toBeNull();
  });

  it("keeps a codec nobody asked to change, and gives H.264 to one that has no word here", () => {
    const wanted = request({ output: { bitrateKbps: 500 } }).output;
    expect(conversionFor(wanted, { ...facts, codec: "hvc1" }, bytes)).toMatchObject({ codec: "h265" });
    expect(conversionFor(wanted, { ...facts, codec: "vp09" }, bytes)).toMatchObject({ codec: "h264" });
  });
});

describe("an output that cannot be had here", () => {
  it.each([
    [{ format: "gif" }, "gif"],
    [{ codec: "h265" }, "h265"],
    [{ bitrateKbps: 500 }, "h264"],
  ])("is told when nobody converts: %j", (output, word) => {
    expect(outputProblem(request({ output }), null)).toContain(`output: ${word} needs a conversion`);
    expect(outputProblem(request({ output }), converter({ capabilities: new Set() }))).toContain(word);
    expect(outputProblem(request({ output }), converter())).toBeNull();
  });

  it("is none where the provider's own file will do", () => {
    expect(outputProblem(request({ output: { codec: "h264" } }), null)).toBeNull();
    expect(outputProblem(request({}), null)).toBeNull();
  });

  it.each([
    ["480p", 100],
    ["720p", 100],
    ["1080p", 225],
    ["4k", 900],
  ])("is a bitrate that %s does not fit in, with the least that does", (resolution, least) => {
    const asked = (bitrateKbps: number, codec?: string) =>
      outputProblem(request({ resolution, output: { bitrateKbps, codec } }), converter());
    for (const codec of [undefined, "h264", "h265"]) expect(asked(least, codec)).toBeNull();
    if (least === 100) return;
    expect(asked(least - 1)).toMatch(new RegExp(`^output\\.bitrateKbps: .* at least ${least}`));
    expect(asked(100, "h265")).toMatch(/^output\.bitrateKbps: /);
  });

  it("is told for a video that is too short for the converter", () => {
    const short = { durationSeconds: 4, output: { codec: "h265" } };
    expect(outputProblem(request(short), converter({ minSeconds: 5 }))).toContain("under 5 s");
    expect(outputProblem(request({ ...short, durationSeconds: 5 }), converter({ minSeconds: 5 }))).toBeNull();
  });
});

describe("a converted file", () => {
  const spec = { format: "mp4", codec: "h265", bitrateKbps: 2_000 } as const;
  const made = { ...facts, codec: "hvc1" };

  it.each([
    ["another codec", facts, bytes, "avc1 instead of h265"],
    ["another length", { ...made, durationSeconds: 4 }, bytes, "4.00 s of 5.00 s"],
    ["another shape", { ...made, width: 720 }, bytes, "another ratio"],
    ["no sound", { ...made, hasAudio: false }, bytes, "the sound is gone"],
    ["far too many bytes", made, 3 * bytes, "6000 kbit/s instead of 2000"],
  ])("is not taken with %s", (_what, after, size, problem) => {
    expect(conversionProblem(spec, facts, after, size)).toBe(problem);
  });

  it("is taken when it is the same video in the form that was ordered", () => {
    expect(conversionProblem(spec, facts, made, bytes)).toBeNull();
    const gif = { ...facts, width: 640, height: 360, codec: "gif", hasAudio: false };
    expect(conversionProblem({ format: "gif" }, facts, gif, bytes)).toBeNull();
    expect(conversionProblem({ format: "gif" }, facts, made, bytes)).toBe("hvc1 instead of gif");
  });

  it("that keeps exactly what was ordered needs no second conversion", () => {
    const output = fc.record(
      {
        codec: fc.constantFrom("h264" as const, "h265" as const),
        bitrateKbps: fc.integer({ min: 100, max: 100_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(output, fc.integer({ min: 1, max: 60 }), (asked, durationSeconds) => {
        const wanted = request({ output: asked }).output;
        const order = conversionFor(wanted, { ...facts, durationSeconds }, bytes);
        if (order?.format !== "mp4") return;
        const after = { ...facts, durationSeconds, codec: order.codec === "h265" ? "hvc1" : "avc1" };
        const size = ((order.bitrateKbps ?? 100) * 1_000 * durationSeconds) / 8;
        expect(conversionFor(wanted, after, size)).toBeNull();
      }),
    );
  });
});
