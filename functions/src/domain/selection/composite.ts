import type { ConverterLimits } from "../output/conversion.js";
import type { Catalogue } from "../provider/catalogue.js";
import type { ModelRequest, VideoRequest } from "../request/request.js";
import { type JobRequest, type SceneRequest, sceneAdjustments } from "../request/scene.js";
import { isImpossible } from "./no-candidate.js";
import { stillOf, videoOf } from "./scene-parts.js";
import { canBeSplit, fitSegments, isTooLong } from "./segments.js";
import { type Selection, type SelectionContext, type Snapshot, select, type Winner } from "./selection.js";
import { stepRequest } from "./step-request.js";

/** What an installation can do beyond the models. */
export interface Means {
  readonly catalogue: Catalogue;
  readonly converter: ConverterLimits | null;
}

/** Stands in for the picture while there is none; nothing is sent with it. */
const pictureToCome = "https://picture.invalid/";

/**
 * The selection for any request: a model where one can make it, and otherwise the plan of the parts
 * that it is put together of.
 */
export function selectRequest(
  means: Means,
  request: JobRequest,
  snapshot: Snapshot,
  context: SelectionContext,
): Selection {
  if (request.kind === "scene") return selectScene(means.catalogue, request, snapshot, context);
  const plain = select(means.catalogue, request, snapshot, context);
  const { facts, decision } = plain.record;
  const isOnOffer = (id: string) =>
    facts.some(
      ({ model, configured, providerSwitch }) => model === id && configured && providerSwitch === "on",
    );
  const isLong = plain.winner === null && isTooLong(decision.rejected, isOnOffer);
  return isLong && canBeSplit(request) ? selectSegments(means, request, snapshot, context) : plain;
}

/** Both steps must have somebody now: a picture that nobody can animate would be paid in vain. */
function selectScene(
  catalogue: Catalogue,
  scene: SceneRequest,
  snapshot: Snapshot,
  context: SelectionContext,
): Selection {
  const stillRequest = stepRequest(catalogue, scene, stillOf(scene), 0);
  const isKept = context.kept?.parts.some(({ name }) => name === "image") === true;
  const still = isKept ? null : select(catalogue, stillRequest, snapshot, context);
  if (still?.winner === null) {
    // A video that nobody ever makes is told before a picture that nobody makes now.
    const later = stepRequest(catalogue, scene, videoOf(scene, pictureToCome), 0);
    const video = select(catalogue, later, snapshot, context);
    return isImpossible(video.record) && !isImpossible(still.record)
      ? { ...video, wanting: later }
      : { ...still, wanting: stillRequest };
  }
  const image = still?.winner ?? keptImage;
  const videoRequest = stepRequest(catalogue, scene, videoOf(scene, pictureToCome), image.costUsdMicros);
  const video = select(catalogue, videoRequest, snapshot, context);
  if (video.winner === null) return { ...video, wanting: videoRequest };
  const ofImage = image.adjustments.map((change) => ({ ...change, field: `image.${change.field}` }));
  return {
    record: video.record,
    winner: {
      ...video.winner,
      adjustments: [...sceneAdjustments(scene.sceneResolution), ...ofImage, ...video.winner.adjustments],
      costUsdMicros: image.costUsdMicros + video.winner.costUsdMicros,
      p50Seconds: image.p50Seconds + video.winner.p50Seconds,
      p90Seconds: image.p90Seconds + video.winner.p90Seconds,
    },
    composition: { type: "scene" },
  };
}

/** What a picture costs that is there already. */
const keptImage: Pick<Winner, "adjustments" | "costUsdMicros" | "p50Seconds" | "p90Seconds"> = {
  adjustments: [],
  costUsdMicros: 0,
  p50Seconds: 0,
  p90Seconds: 0,
};

function selectSegments(
  { catalogue, converter }: Means,
  request: Extract<VideoRequest, { kind: "text" | "image" }>,
  snapshot: Snapshot,
  context: SelectionContext,
): Selection {
  const earlier = context.kept?.plan?.type === "segments" ? context.kept.plan.seconds : null;
  const inTurn = converter?.capabilities.has("lastFrame") === true;
  const joined = converter?.capabilities.has("join") === true;
  const { record, winner } = select(catalogue, request, snapshot, context, (model, _, today) =>
    fitSegments(model, request, today, inTurn, earlier),
  );
  if (winner === null) return { record, winner };
  const seconds = winner.segmentSeconds ?? [];
  const kept = joined
    ? []
    : [
        {
          field: "output",
          asked: "one file",
          given: `a list of ${seconds.length} segments`,
          reason: "no converter here joins them",
        },
      ];
  return {
    record,
    winner: {
      ...winner,
      adjustments: [...winner.adjustments, ...kept],
    },
    composition: { type: "segments", seconds, model: winner.model.id, inTurn, joined },
  };
}

/** What models are asked for, for messages about what is possible. */
export function requestOfModels(request: JobRequest, { wanting }: Selection): ModelRequest {
  if (request.kind !== "scene") return request;
  return wanting ?? stillOf(request);
}
