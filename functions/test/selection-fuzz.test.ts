import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { seededRandom } from "../simulation/kit/chance.js";
import { describedFileUrl } from "../simulation/kit/described-files.js";
import { createVendorClient, simulatedTransport } from "../simulation/kit/transport.js";
import { simulationOf } from "../simulation/vendors/index.js";
import { FaultPlan } from "../simulation/vendors/shared/faults.js";
import { emptyHealth } from "../src/domain/health/health.js";
import { defaultPolicy } from "../src/domain/policy/policy.js";
import { qualities } from "../src/domain/provider/model.js";
import type { VideoProvider } from "../src/domain/provider/provider.js";
import { ratios, resolutions } from "../src/domain/provider/resolution.js";
import { parseRequest, requestLimits } from "../src/domain/request/request.js";
import { select } from "../src/domain/selection/selection.js";
import { buildCatalogue, vendors } from "../src/providers/index.js";

const now = Date.UTC(2026, 10, 21);
const wanted = 10_000;
const catalogue = buildCatalogue(vendors, new Set(vendors.map(({ id }) => id)));

/** Words of any script, and pictures that are two units long; now and then as many as are allowed. */
const text = (maxLength: number) =>
  fc
    .record({
      words: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
      length: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 4, max: Math.min(200, maxLength) }) },
        { weight: 1, arbitrary: fc.integer({ min: 4, max: maxLength }) },
      ),
    })
    .map(({ words, length }) => {
      const part = `A ${words.replace(/\p{C}/gu, "")} `;
      return part
        .repeat(Math.ceil(length / part.length))
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, "");
    });
const pictures = ["a", "b"].map((name) => `https://images.example.com/${name}.png`);
const [picture = "", other = ""] = pictures;
const durationSeconds = fc.oneof(
  fc.integer({ min: 1, max: 60 }),
  fc.double({ min: 1, max: 60, noNaN: true }),
);
const promptText = text(requestLimits.prompt);
const subjects = fc.oneof(
  fc.record({ kind: fc.constant("text"), prompt: promptText, durationSeconds }),
  fc.record({ kind: fc.constant("image"), prompt: promptText, durationSeconds, image: fc.constant(picture) }),
  fc.record({
    kind: fc.constant("frames"),
    prompt: promptText,
    durationSeconds,
    firstFrame: fc.constant(picture),
    lastFrame: fc.constant(other),
  }),
  fc.record(
    { kind: fc.constant("avatar"), script: text(400), image: fc.constant(picture), prompt: promptText },
    { requiredKeys: ["kind", "script"] },
  ),
);
const wishes = fc.record(
  {
    aspectRatio: fc.constantFrom(...ratios),
    resolution: fc.constantFrom(...resolutions),
    quality: fc.constantFrom(...qualities),
    audio: fc.boolean(),
    strategy: fc.constantFrom("default", "creative", "precise"),
    style: fc.oneof(fc.constantFrom("professional", "friendly", "energetic"), text(requestLimits.style)),
    camera: fc.record({
      move: fc.constantFrom("static", "pan", "zoom", "tilt"),
      intensity: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    negativePrompt: text(requestLimits.negativePrompt),
    seed: fc.integer({ min: 0, max: 4_294_967_295 }),
  },
  { requiredKeys: [] },
);
const requests = fc.tuple(subjects, wishes).map(([subject, wish]) => ({ ...wish, ...subject }));

/** A new account, so that neither balance nor concurrency hides what a vendor thinks of a request. */
function connect(vendorId: string): VideoProvider {
  const vendor = vendors.find(({ id }) => id === vendorId);
  if (vendor === undefined) throw new Error(`no vendor ${vendorId}`);
  const simulation = simulationOf(vendorId);
  const world = {
    now: () => now,
    random: seededRandom(1),
    generationFault: () => undefined,
    fileUrl: describedFileUrl,
  };
  const simulator = simulation.create(world, "key");
  const http = simulatedTransport(simulator, simulation, new FaultPlan([]), () => false);
  return createVendorClient(vendor, { apiKey: "key", http, now: () => now });
}

describe("what selection accepts", () => {
  it(`is accepted by the vendor: ${wanted} fuzzed requests over the whole catalogue`, async () => {
    const snapshot = { policy: defaultPolicy, health: emptyHealth };
    const context = {
      now,
      profile: "balanced",
      deadlineAt: null,
      failed: [],
      budgetLeftUsdMicros: null,
    } as const;
    const refused: unknown[] = [];
    const served = new Map<string, number>();
    const servedBy = (model: string) => served.get(model) ?? 0;
    let accepted = 0;
    for (let seed = 1; accepted < wanted && seed < 100; seed += 1) {
      for (const input of fc.sample(requests, { numRuns: 500, seed })) {
        const request = parseRequest(input);
        const { ranked } = select(catalogue, request, snapshot, context).record.decision;
        // Not only the winner: whoever of the accepted has had the fewest, as another policy could choose it.
        const [next] = ranked.toSorted((one, two) => servedBy(one.model) - servedBy(two.model));
        if (next === undefined) continue;
        const entries = catalogue.entries.filter(({ model }) => model.id === next.model);
        const { winner } = select({ ...catalogue, entries }, request, snapshot, context);
        if (winner === null) throw new Error(`${next.model} was ranked and cannot win alone`);
        const provider = connect(winner.model.provider);
        const result = await provider.start(winner.plan, { idempotencyKey: `job-${accepted}:a1` });
        accepted += 1;
        served.set(next.model, servedBy(next.model) + 1);
        if (result.status !== "started") refused.push({ input, plan: winner.plan, result });
      }
    }
    expect(refused.slice(0, 3)).toEqual([]);
    expect(refused).toHaveLength(0);
    expect(accepted).toBeGreaterThanOrEqual(wanted);
    const videoModels = catalogue.entries.filter(
      ({ model }) => model.price.unit !== "unknown" && model.medium === "video",
    );
    const unserved = videoModels.filter(({ model }) => !served.has(model.id)).map(({ model }) => model.id);
    expect(unserved).toEqual([]);
  }, 180_000);
});
