import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { creditsToCapture, priceOf } from "../src/domain/accounting/price.js";
import { emptyHealth } from "../src/domain/health/health.js";
import { defaultPolicy, type Policy, profileNames } from "../src/domain/policy/policy.js";
import { modeNames, qualities } from "../src/domain/provider/model.js";
import { ratios, resolutions } from "../src/domain/provider/resolution.js";
import { parseRequest } from "../src/domain/request/request.js";
import { type JobRequest, parseScene, sceneResolutions } from "../src/domain/request/scene.js";
import { selectRequest, workOf } from "../src/domain/selection/composite.js";
import { buildCatalogue, vendors } from "../src/providers/index.js";

const picture = "https://images.example.com/a.png";
const catalogue = buildCatalogue(vendors, new Set(vendors.map(({ id }) => id)));
const converters = [null, { capabilities: new Set(["join", "lastFrame"] as const), minSeconds: 0 }];

const shape = fc.record({
  aspectRatio: fc.constantFrom(...ratios),
  resolution: fc.constantFrom(...resolutions),
  quality: fc.constantFrom(...qualities),
  audio: fc.boolean(),
  durationSeconds: fc.integer({ min: 1, max: 60 }),
});

const anyRequest: fc.Arbitrary<JobRequest> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...modeNames.filter((mode) => mode !== "still")), shape, fc.nat(1_500))
    .map(([mode, { durationSeconds, ...options }, letters]): JobRequest => {
      const prompt = "A paper boat";
      const script = "word ".repeat(1 + letters / 5);
      const inputs = {
        text: { kind: "text", prompt, durationSeconds },
        image: { kind: "image", prompt, image: picture, durationSeconds },
        frames: { kind: "frames", prompt, firstFrame: picture, lastFrame: picture, durationSeconds },
        avatar: { kind: "avatar", script },
        photo: { kind: "avatar", script, image: picture },
      };
      return parseRequest({ ...inputs[mode], ...options });
    }),
  fc
    .record({
      resolution: fc.constantFrom(...sceneResolutions),
      durationSeconds: fc.integer({ min: 1, max: 20 }),
      quality: fc.constantFrom(...qualities),
    })
    .map(({ resolution, durationSeconds, quality }) =>
      parseScene({
        scene: { imagePrompt: "A boat", visualPrompt: "It sails", durationSeconds },
        scenario: { resolution },
        quality,
      }),
    ),
);

const anyPolicy = fc
  .record({
    usdPerCredit: fc.double({ min: 0.001, max: 2, noNaN: true }),
    marginFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    standard: fc.nat(5),
    longerFraction: fc.double({ min: 0, max: 5, noNaN: true }),
    resolutionSteps: fc.nat(3),
    template: fc.integer({ min: 1, max: 500 }),
  })
  .map(({ usdPerCredit, marginFraction, standard, longerFraction, resolutionSteps, template }): Policy => {
    const perQuality = { draft: 0, standard, premium: 2 * standard };
    return {
      ...defaultPolicy,
      credits: {
        ...defaultPolicy.credits,
        usdPerCredit,
        marginFraction,
        perSecond: perQuality,
        perImage: perQuality,
        templates: { reel: template },
      },
      adjustments: {
        ...defaultPolicy.adjustments,
        longerFraction,
        resolutionStepsUp: resolutionSteps,
        resolutionStepsDown: resolutionSteps,
      },
    };
  });

describe("over the whole catalogue, every mode, size, length, sound, quality and policy", () => {
  const context = { now: Date.UTC(2026, 10, 21), deadlineAt: null, budgetLeftUsdMicros: null };

  it("no accepted request costs more than its credits are worth, whoever makes it in the end", () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        anyRequest,
        anyPolicy,
        fc.constantFrom(...profileNames),
        fc.constantFrom(...converters),
        fc.boolean(),
        (subject, policy, profile, converter, isTemplate) => {
          const request = isTemplate ? { ...subject, priceKey: "reel" } : subject;
          const means = { catalogue, converter };
          const snapshot = { policy, health: emptyHealth };
          const failed: string[] = [];
          const first = selectRequest(means, request, snapshot, { ...context, profile, failed });
          if (first.winner === null) return;
          accepted += 1;
          const held = priceOf(request, workOf(first.winner), policy);
          const worthOf = (credits: number) => credits * policy.credits.usdPerCredit * 1_000_000 + 1;
          expect(first.winner.costUsdMicros).toBeLessThanOrEqual(worthOf(held.credits));
          // Whoever comes next after a failure: down to the last.
          for (;;) {
            const next = selectRequest(means, request, snapshot, {
              ...context,
              profile,
              failed,
              price: held,
            });
            if (next.winner === null) break;
            const { costUsdMicros, plan, model } = next.winner;
            const isSpoken = request.kind === "avatar";
            const charged =
              held.imageCredits +
              creditsToCapture(held, plan.durationSeconds, held.credits - held.imageCredits);
            const worth = worthOf(isSpoken ? held.credits : charged);
            expect(costUsdMicros).toBeLessThanOrEqual(worth);
            failed.push(model.id);
          }
          // The first choice itself is never turned away for its price.
          expect(failed.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
