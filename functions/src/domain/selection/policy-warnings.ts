import { creditsForSegments } from "../accounting/credits.js";
import { priceOf } from "../accounting/price.js";
import { emptyHealth, type HealthState } from "../health/health.js";
import { microsToUsd } from "../money.js";
import type { Policy } from "../policy/policy.js";
import type { Catalogue } from "../provider/catalogue.js";
import { costOf, type ProviderModel } from "../provider/model.js";
import { modeOf, parseRequest, type VideoRequest } from "../request/request.js";
import { selectRequest, workOf } from "./composite.js";
import { lengthsOf } from "./segments.js";
import { select } from "./selection.js";

const picture = "https://images.example.com/picture.png";
const prompt = "A paper boat on a river at dawn";
const script = "Welcome to our spring collection.";

/** What most callers ask for: every mode, wide and tall, in standard quality. */
const commonRequests: readonly VideoRequest[] = [
  { kind: "text", prompt },
  { kind: "image", prompt, image: picture },
  { kind: "frames", prompt, firstFrame: picture, lastFrame: picture },
  { kind: "avatar", script },
  { kind: "avatar", script, image: picture },
].flatMap((subject) =>
  ["16:9", "9:16"].map((aspectRatio) => parseRequest({ ...subject, aspectRatio, quality: "standard" })),
);

/**
 * What should be seen before a policy is published, a sentence each: common requests that nobody could
 * take under it, and prices by which videos would be made for less than they cost. A mode for which no model
 * has a key is left out: no policy can change that.
 */
export function policyWarnings(
  policy: Policy,
  catalogue: Catalogue,
  health: HealthState,
  now: number,
): string[] {
  return [...unservedRequests(policy, catalogue, health, now), ...losses(policy, catalogue, now)];
}

/** What an operator would pay more for than its owner does, whoever is out of service at the moment. */
function losses(policy: Policy, catalogue: Catalogue, now: number): string[] {
  const snapshot = { policy, health: emptyHealth };
  const longRequests = [30, 60].map((durationSeconds) =>
    parseRequest({ kind: "text", prompt, durationSeconds }),
  );
  const isLoss = catalogue.entries.some((entry) =>
    longRequests.some((request) => {
      const one = { catalogue: { ...catalogue, entries: [entry] }, converter: null };
      const { winner, composition } = selectRequest(one, request, snapshot, contextAt(now));
      if (winner === null || composition?.type !== "segments" || composition.joined) return false;
      const { credits } = priceOf(request, workOf(winner), policy);
      const worthUsd = creditsForSegments(credits, policy) * policy.credits.usdPerCredit;
      return microsToUsd(winner.costUsdMicros) > worthUsd;
    }),
  );
  const costs = catalogue.entries.flatMap(({ model }) => cheapestUsd(model));
  const cheapest = Math.min(...costs);
  const templates = Object.entries(policy.credits.templates ?? {})
    .filter(([, credits]) => credits * policy.credits.usdPerCredit < cheapest)
    .map(
      ([name, credits]) =>
        `credits.templates.${name}: nobody makes anything for ${credits} credits, which are worth $${credits * policy.credits.usdPerCredit}.`,
    );
  const playlist =
    "output.playlistPrice: segments that nobody joins would cost more than what is charged for them.";
  return [...(isLoss ? [playlist] : []), ...templates];
}

/** The least that a model is paid for a video. */
function cheapestUsd({ medium, modes, price }: ProviderModel): number[] {
  if (medium !== "video") return [];
  return Object.values(modes).flatMap(({ sizes, durations }) =>
    sizes.flatMap(({ resolution }) => {
      const durationSeconds = lengthsOf(durations)[0] ?? 1;
      const costs = [false, true].map((audio) => costOf(price, { resolution, audio, durationSeconds }));
      return costs.filter((cost) => cost !== null).map(microsToUsd);
    }),
  );
}

function unservedRequests(policy: Policy, catalogue: Catalogue, health: HealthState, now: number): string[] {
  return commonRequests.flatMap((request) => {
    const mode = modeOf(request);
    const isOffered = catalogue.entries.some((entry) => entry.configured && entry.model.modes[mode]);
    if (!isOffered) return [];
    const { decision } = select(catalogue, request, { policy, health }, contextAt(now)).record;
    if (decision.winner !== null) return [];
    const reasons = decision.rejected
      .map(({ reason }) => reason)
      .filter((reason) => reason !== "kind_unsupported" && reason !== "key_missing");
    const counts = [...new Set(reasons)].map(
      (reason) => `${reason} ${reasons.filter((other) => other === reason).length}`,
    );
    return [`Nobody could make ${mode} at ${request.aspectRatio}: ${counts.join(", ")}.`];
  });
}

function contextAt(now: number) {
  return { now, profile: "balanced", deadlineAt: null, failed: [], budgetLeftUsdMicros: null } as const;
}
