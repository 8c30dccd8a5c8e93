import { describe, expect, it } from "@jest/globals";
import { buildCatalogue, vendors } from "../../providers/index.js";
import type { RequestError } from "../errors.js";
import { emptyHealth } from "../health/health.js";
import { defaultPolicy } from "../policy/policy.js";
import { exactFields, parseRequest } from "../request/request.js";
import { type JobRequest, parseScene } from "../request/scene.js";
import { requestOfModels, selectRequest } from "./composite.js";
import { noCandidate } from "./no-candidate.js";

const catalogue = buildCatalogue(vendors, new Set(vendors.map(({ id }) => id)));
const converter = { capabilities: new Set(["join", "lastFrame"] as const), formats: new Set(), limits: {} };
const installation = (joins = true) => ({ catalogue, converter: joins ? (converter as never) : null });
const snapshot = { policy: defaultPolicy, health: emptyHealth };
const context = {
  now: Date.UTC(2026, 10, 21),
  profile: "balanced",
  deadlineAt: null,
  failed: [],
  budgetLeftUsdMicros: null,
} as const;

const chosen = (request: JobRequest, joins = true) =>
  selectRequest(installation(joins), request, snapshot, context);

function refusal(request: JobRequest, joins = true): RequestError {
  const selection = chosen(request, joins);
  expect(selection.winner).toBeNull();
  const ofModels = requestOfModels(request, selection);
  return noCandidate(catalogue, request, ofModels, selection.record, false);
}

const video = (changes: object) => parseRequest({ kind: "text", prompt: "A paper boat", ...changes });
const avatar = (changes: object) => parseRequest({ kind: "avatar", script: "Welcome.", ...changes });
const scene = (sceneFields: object, changes: object, resolution = "720:1280") =>
  parseScene({
    scene: { imagePrompt: "A cup", visualPrompt: "It turns", ...sceneFields },
    scenario: { resolution },
    ...changes,
  });

describe("a request that may not be adjusted", () => {
  it("is never adjusted in such a field, whatever it asks for", () => {
    for (const exact of [
      true,
      ["durationSeconds"],
      ["aspectRatio", "resolution"],
      ["audio", "seed"],
    ] as const) {
      const fields = exact === true ? exactFields : exact;
      for (const shape of [{}, { aspectRatio: "1:1" }, { resolution: "1080p" }, { aspectRatio: "21:9" }]) {
        for (const durationSeconds of [3, 5, 7, 9, 11, 13, 15]) {
          const { record } = chosen(video({ exact, durationSeconds, seed: 3, ...shape }));
          for (const { adjustments = [] } of record.decision.ranked) {
            expect(adjustments.filter(({ field }) => (fields as readonly string[]).includes(field))).toEqual(
              [],
            );
          }
          for (const { reason, adjustments } of record.decision.rejected) {
            if (reason === "not_exact") expect(adjustments?.length).toBeGreaterThan(0);
          }
        }
      }
    }
  });

  it("is made by somebody else than the one who would adjust it", () => {
    const asked = { durationSeconds: 5, providers: { prefer: ["runway:veo3.1_fast"] } };
    expect(chosen(video(asked)).winner?.model.id).toBe("runway:veo3.1_fast");
    const { winner, record } = chosen(video({ ...asked, exact: ["durationSeconds"] }));
    expect(winner?.plan.durationSeconds).toBe(5);
    expect(record.decision.rejected).toContainEqual(
      expect.objectContaining({
        model: "runway:veo3.1_fast",
        reason: "not_exact",
        adjustments: [expect.objectContaining({ field: "durationSeconds", asked: "5 s", given: "6 s" })],
      }),
    );
  });

  it("changes nothing when all may be adjusted", () => {
    for (const exact of [false, []]) {
      expect(chosen(video({ exact })).record.decision).toEqual(chosen(video({})).record.decision);
    }
  });

  it.each<[string, JobRequest, RegExp, string?]>([
    [
      "a length",
      video({ durationSeconds: 4.5, exact: ["durationSeconds"] }),
      /^durationSeconds: No model can make this of exactly 4\.5 s\. The nearest possible are 4 s and 5 s\./,
    ],
    [
      "a ratio",
      video({ aspectRatio: "21:9", resolution: "480p", exact: ["aspectRatio"] }),
      /^aspectRatio: No model can make this at exactly 21:9 and 480p\. Possible are 1:1, or leave aspectRatio out of exact/,
    ],
    [
      "a resolution",
      video({ aspectRatio: "1:1", exact: ["resolution"], providers: { only: ["runway"] } }),
      /^resolution: No model can make this at exactly 720p and 1:1\. Possible are .*960x960/,
    ],
    [
      "a seed",
      parseRequest({
        kind: "text",
        prompt: "A paper boat",
        seed: 3,
        exact: ["seed"],
        providers: { only: ["runware"] },
      }),
      /^seed: No model can make this with seed as a field of its own\. Leave it out, or leave seed out of exact/,
    ],
    [
      "a field for what to avoid",
      video({
        negativePrompt: "rain",
        exact: true,
        providers: { only: ["runware:google:3@3"] },
        durationSeconds: 6,
      }),
      /^negativePrompt: No model can make this with negativePrompt as a field of its own/,
    ],
    [
      "the length of a speech",
      avatar({ durationSeconds: 10, exact: true }),
      /^durationSeconds: No model can make this of a set length: the script decides it\. Leave it out, or/,
    ],
    [
      "all that a prompt is to hold",
      avatar({ prompt: "a smile", exact: ["prompt"] }),
      /^script: No model can make this from all that the prompt is to hold/,
    ],
    [
      "the length of a scene",
      scene({ durationSeconds: 4.5 }, { exact: true }),
      /^scene\.durationSeconds: No model can make this of exactly 4\.5 s/,
    ],
    [
      "a length of segments that nobody's lengths add up to",
      video({ durationSeconds: 31.5, exact: ["durationSeconds"] }),
      /^durationSeconds: No model can make this of exactly 31\.5 s/,
    ],
  ])("and that nobody makes so names %s and what is possible", (_name, request, message) => {
    const error = refusal(request);
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ code: "invalid_argument", retryable: false });
  });
});

describe("a long video that may not be adjusted", () => {
  it.each([17, 22, 31, 33, 41, 59])(
    "of %d s is made of segments that last exactly as long",
    (durationSeconds) => {
      const { winner, composition } = chosen(video({ durationSeconds, exact: ["durationSeconds"] }));
      expect(
        winner?.segmentSeconds?.reduce((sum, seconds) => sum + seconds, 0) ?? winner?.plan.durationSeconds,
      ).toBe(durationSeconds);
      expect(composition?.type).toBe("segments");
    },
  );

  it("is refused where nobody joins its segments and it is to be one file", () => {
    const asked = { durationSeconds: 30 };
    expect(chosen(video(asked), false).winner).not.toBeNull();
    expect(refusal(video({ ...asked, exact: ["output"] }), false).message).toMatch(
      /^output: No model can make this in one file/,
    );
    expect(chosen(video({ ...asked, exact: ["output"] })).winner).not.toBeNull();
  });
});

describe("a scene that may not be adjusted", () => {
  it.each(["1280:720", "720:1280", "1104:832", "832:1104", "960:960", "1584:672"])(
    "is made at exactly %s",
    (name) => {
      const { winner } = chosen(scene({}, { exact: ["aspectRatio", "resolution", "durationSeconds"] }, name));
      const { width = 0, height = 0 } = winner?.plan.size ?? {};
      expect(`${width}:${height}`).toBe(name);
      expect(winner?.adjustments.filter(({ field }) => !field.startsWith("image."))).toEqual([]);
    },
  );

  it("is refused at a size that would be brought to another one", () => {
    expect(() => scene({}, { exact: true }, "1280:768")).toThrow(
      /^scenario\.resolution: no model makes exactly 1280:768; possible are 1280:720, /,
    );
    expect(() => scene({}, { exact: ["durationSeconds"] }, "1280:768")).not.toThrow();
  });
});

describe("the fields of exact", () => {
  it.each<[unknown, RegExp]>([
    [
      ["colour"],
      /^exact: unknown colour; fields that can be exact are aspectRatio, resolution, durationSeconds/,
    ],
    [["durationSeconds", "colour", 7], /^exact: unknown colour, number; fields that can be exact are/],
    ["durationSeconds", /^exact: must be true or a list; fields that can be exact are/],
    [{ durationSeconds: true }, /^exact: must be true or a list/],
    [["x".repeat(500)], /^exact: unknown x{40}; /],
  ])("are checked: %j", (exact, message) => {
    expect(() => video({ exact })).toThrow(message);
    expect(() => avatar({ exact })).toThrow(message);
    expect(() => scene({}, { exact })).toThrow(message);
  });
});
