import type { HealthState } from "../health/health.js";
import type { Policy } from "../policy/policy.js";
import type { Catalogue } from "../provider/catalogue.js";
import { modeOf, parseRequest, type VideoRequest } from "../request/request.js";
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
 * Common requests that nobody could take under a policy, a sentence each. A mode for which no model
 * has a key is left out: no policy can change that.
 */
export function policyWarnings(
  policy: Policy,
  catalogue: Catalogue,
  health: HealthState,
  now: number,
): string[] {
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
