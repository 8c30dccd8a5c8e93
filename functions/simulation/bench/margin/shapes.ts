import { creditsForSegments } from "../../../src/domain/accounting/credits.js";
import { priceOf } from "../../../src/domain/accounting/price.js";
import { emptyHealth } from "../../../src/domain/health/health.js";
import { microsToUsd } from "../../../src/domain/money.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import type { Catalogue } from "../../../src/domain/provider/catalogue.js";
import { modeNames, qualities } from "../../../src/domain/provider/model.js";
import { ratios, resolutions } from "../../../src/domain/provider/resolution.js";
import { parseRequest, type VideoRequest } from "../../../src/domain/request/request.js";
import { type JobRequest, parseScene, sceneResolutions } from "../../../src/domain/request/scene.js";
import { selectRequest, workOf } from "../../../src/domain/selection/composite.js";

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 45, 60];
/** Characters of a script: a word, a sentence, a page. */
const scripts = [8, 120, 900, 4_500];
const picture = "https://media.example.com/picture.png";
const prompt = "A paper boat on a river at dawn";

/** Vendor dollars for one credit, of every request that one model accepts, as if there were no other. */
export function shapeMargins(catalogue: Catalogue, policy: Policy, quick: boolean): number[] {
  const margins: number[] = [];
  const some = <Item>(items: readonly Item[]) =>
    quick ? items.filter((_, index) => index % 4 === 0) : items;
  for (const request of videoRequests(some)) {
    for (const entry of catalogue.entries) {
      const margin = marginOf({ ...catalogue, entries: [entry] }, request, policy);
      if (margin !== null) margins.push(margin);
    }
  }
  const stills = catalogue.entries.filter(({ model }) => model.modes.still !== undefined);
  const movers = catalogue.entries.filter(({ model }) => model.modes.image !== undefined);
  for (const request of sceneRequests(some)) {
    for (const still of stills) {
      for (const mover of movers) {
        const margin = marginOf({ ...catalogue, entries: [still, mover] }, request, policy);
        if (margin !== null) margins.push(margin);
      }
    }
  }
  return margins;
}

/** `null` where nobody takes the request, or nobody is paid for it. */
function marginOf(catalogue: Catalogue, request: JobRequest, policy: Policy): number | null {
  const { winner, composition } = selectRequest(
    { catalogue, converter: null },
    request,
    { policy, health: emptyHealth },
    {
      now: Date.UTC(2026, 10, 21),
      profile: "balanced",
      deadlineAt: null,
      failed: [],
      budgetLeftUsdMicros: null,
    },
  );
  if (winner === null || winner.costUsdMicros === 0) return null;
  const { credits } = priceOf(request, workOf(winner), policy);
  // Without a converter segments are not joined, and cost less.
  const charged = composition?.type === "segments" ? creditsForSegments(credits, policy) : credits;
  return microsToUsd(winner.costUsdMicros) / charged;
}

type Some = <Item>(items: readonly Item[]) => readonly Item[];

function* videoRequests(some: Some): Generator<VideoRequest> {
  for (const subject of subjects(some)) {
    for (const aspectRatio of some(ratios)) {
      for (const resolution of resolutions) {
        for (const quality of qualities) {
          for (const audio of [false, true])
            yield parseRequest({ ...subject, aspectRatio, resolution, quality, audio });
        }
      }
    }
  }
}

function* subjects(some: Some): Generator<object> {
  for (const mode of modeNames.filter((name) => name !== "still")) {
    const isSpoken = mode === "avatar" || mode === "photo";
    for (const size of some(isSpoken ? scripts : lengths)) {
      const inputs = {
        text: { kind: "text", prompt, durationSeconds: size },
        image: { kind: "image", prompt, image: picture, durationSeconds: size },
        frames: { kind: "frames", prompt, firstFrame: picture, lastFrame: picture, durationSeconds: size },
        avatar: { kind: "avatar", script: "a".repeat(size) },
        photo: { kind: "avatar", script: "a".repeat(size), image: picture },
      };
      yield inputs[mode];
    }
  }
}

function* sceneRequests(some: Some): Generator<JobRequest> {
  for (const resolution of some(sceneResolutions)) {
    for (const durationSeconds of some(lengths)) {
      yield parseScene({
        scene: { imagePrompt: prompt, visualPrompt: prompt, durationSeconds },
        scenario: { resolution },
      });
    }
  }
}
