import { describe, expect, it } from "@jest/globals";
import { buildCatalogue, vendors } from "../../providers/index.js";
import { defaultPolicy } from "../policy/policy.js";
import type { GenerationPlan } from "../provider/provider.js";
import { parseRequest } from "../request/request.js";
import { fitModel } from "../selection/fit.js";
import { askedOf, mismatch, type VideoFacts } from "./check.js";

const { entries } = buildCatalogue(vendors, new Set());
const { pixelTolerance } = defaultPolicy.output;
const picture = "https://images.example.com/picture.png";
const prompt = "A paper boat on a river at dawn";
const lengths = Array.from({ length: 60 }, (_, index) => index + 1);

const inputs = {
  text: { kind: "text", prompt },
  image: { kind: "image", prompt, image: picture },
  frames: { kind: "frames", prompt, firstFrame: picture, lastFrame: picture },
};

const rows = entries.flatMap(({ model }) =>
  (["text", "image", "frames"] as const)
    .filter((mode) => model.modes[mode] !== undefined)
    .map((mode) => ({ model, mode })),
);

/** Everything that a model would make of this request at its nearest, and the file it is measured with. */
function planned({ model, mode }: (typeof rows)[number], seconds: number) {
  const request = parseRequest({ ...inputs[mode], durationSeconds: seconds });
  const fit = fitModel(model, request, "2026-09-01");
  if (typeof fit === "string") return null;
  const { size, durationSeconds, audio } = fit;
  const plan: GenerationPlan = { model: model.name, mode, text: prompt, size, durationSeconds, audio };
  const made: VideoFacts = {
    ...{ width: size.width, height: size.height, codec: "avc1", hasAudio: audio },
    durationSeconds,
  };
  const check = (facts: Partial<VideoFacts>) =>
    mismatch({ ...made, ...facts }, plan, pixelTolerance, askedOf(request, defaultPolicy));
  return { durationSeconds, check };
}

describe("over the whole catalogue and every length from 1 to 60 s", () => {
  it.each(rows.map((row) => [`${row.model.id}, ${row.mode}`, row] as const))(
    "a file of exactly the asked or the planned length is taken: %s",
    (_name, row) => {
      const found = lengths.flatMap((asked) => {
        const plan = planned(row, asked);
        if (plan === null) return [];
        const { durationSeconds, check } = plan;
        return [asked, durationSeconds, Math.max(asked, durationSeconds) * 2].map((seconds) => ({
          ...{ asked, durationSeconds, seconds },
          problem: check({ durationSeconds: seconds }),
        }));
      });
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter(({ problem }) => problem !== null)).toEqual([]);
    },
  );

  it.each(rows.map((row) => [`${row.model.id}, ${row.mode}`, row] as const))(
    "a file of less than the policy's share of what was asked and planned is refused, and of absurd length: %s",
    (_name, row) => {
      for (const asked of lengths) {
        const plan = planned(row, asked);
        if (plan === null) continue;
        const least = Math.min(asked, plan.durationSeconds) * (1 - defaultPolicy.output.shorterFraction);
        expect(plan.check({ durationSeconds: least - 0.4 })).not.toBeNull();
        const longest = Math.max(asked, plan.durationSeconds) * 20 + 10;
        expect(plan.check({ durationSeconds: longest })).toBeNull();
        expect(plan.check({ durationSeconds: longest + 0.1 })).not.toBeNull();
      }
    },
  );
});
