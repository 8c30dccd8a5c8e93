import { creditsForSegments } from "../accounting/credits.js";
import {
  creditsForKept,
  imagePriceOf,
  type JobPrice,
  type PricedWork,
  templatePrice,
  videoPriceOf,
} from "../accounting/price.js";
import type { UsdMicros } from "../money.js";
import { type ConverterLimits, ceilingAdjustments } from "../output/conversion.js";
import type { Catalogue } from "../provider/catalogue.js";
import { exactFieldsOf, type ModelRequest, type VideoRequest } from "../request/request.js";
import { type JobRequest, type SceneRequest, sceneAdjustments } from "../request/scene.js";
import { isImpossible } from "./no-candidate.js";
import { stepRequest, stillOf, videoOf } from "./scene-parts.js";
import { canBeSplit, fitSegments, isTooLong } from "./segments.js";
import { type Selection, type SelectionContext, type Snapshot, select, type Winner } from "./selection.js";

/** What an installation can do beyond the models. */
export interface Capabilities {
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
  installation: Capabilities,
  request: JobRequest,
  snapshot: Snapshot,
  context: SelectionContext,
): Selection {
  const template = context.price === undefined ? templatePrice(request, snapshot.policy) : null;
  if (request.kind === "scene")
    return selectScene(installation.catalogue, request, snapshot, context, template);
  const priced = template === null ? context : { ...context, price: template };
  const selection = selectVideo(installation, request, snapshot, priced);
  const told = ceilingAdjustments(request, installation.converter);
  const { winner } = selection;
  if (winner === null || told.length === 0) return selection;
  return { ...selection, winner: { ...winner, adjustments: [...winner.adjustments, ...told] } };
}

function selectVideo(
  installation: Capabilities,
  request: ModelRequest,
  snapshot: Snapshot,
  context: SelectionContext,
): Selection {
  const plain = select(installation.catalogue, request, snapshot, context);
  const { facts, decision } = plain.record;
  const isOnOffer = (id: string) =>
    facts.some(
      ({ model, configured, providerSwitch }) => model === id && configured && providerSwitch === "on",
    );
  const isLong = plain.winner === null && isTooLong(decision.rejected, isOnOffer, exactFieldsOf(request));
  return isLong && canBeSplit(request) ? selectSegments(installation, request, snapshot, context) : plain;
}

/** Both steps must have somebody now: a picture that nobody can animate would be paid in vain. */
function selectScene(
  catalogue: Catalogue,
  scene: SceneRequest,
  snapshot: Snapshot,
  context: SelectionContext,
  template: JobPrice | null,
): Selection {
  const stillRequest = stepRequest(catalogue, scene, stillOf(scene), 0);
  const isKept = context.kept?.parts.some(({ name }) => name === "image") === true;
  const { price } = context;
  const stillPrice = price === undefined ? template : imagePriceOf(price);
  const stillContext = stillPrice === null ? context : { ...context, price: stillPrice };
  const still = isKept ? null : select(catalogue, stillRequest, snapshot, stillContext);
  if (still?.winner === null) {
    // A video that nobody ever makes is told before a picture that nobody makes now.
    const later = stepRequest(catalogue, scene, videoOf(scene, pictureToCome), 0);
    const video = select(catalogue, later, snapshot, context);
    return isImpossible(video.record) && !isImpossible(still.record)
      ? { ...video, unfilledStep: later }
      : { ...still, unfilledStep: stillRequest };
  }
  const image = still?.winner ?? keptImage;
  const videoRequest = stepRequest(catalogue, scene, videoOf(scene, pictureToCome), image.costUsdMicros);
  const rest = template === null ? null : afterImage(template, image.costUsdMicros);
  const videoPrice = price === undefined ? rest : videoPriceOf(price);
  const videoContext = videoPrice === null ? context : { ...context, price: videoPrice };
  const video = select(catalogue, videoRequest, snapshot, videoContext);
  if (video.winner === null) return { ...video, unfilledStep: videoRequest };
  const ofImage = image.adjustments.map((change) => ({ ...change, field: `image.${change.field}` }));
  return {
    record: video.record,
    winner: {
      ...video.winner,
      adjustments: [...sceneAdjustments(scene.sceneResolution), ...ofImage, ...video.winner.adjustments],
      costUsdMicros: image.costUsdMicros + video.winner.costUsdMicros,
      p50Seconds: image.p50Seconds + video.winner.p50Seconds,
      p90Seconds: image.p90Seconds + video.winner.p90Seconds,
      ...(isKept ? {} : { imageCostUsdMicros: image.costUsdMicros }),
    },
    composition: { type: "scene" },
  };
}

/** What a template leaves for the video once its picture is made. */
function afterImage(template: JobPrice, imageCostUsdMicros: UsdMicros): JobPrice {
  return { ...template, credits: template.credits - creditsForKept(template, imageCostUsdMicros) };
}

/** What a picture costs that is there already. */
const keptImage: Pick<Winner, "adjustments" | "costUsdMicros" | "p50Seconds" | "p90Seconds"> = {
  adjustments: [],
  costUsdMicros: 0,
  p50Seconds: 0,
  p90Seconds: 0,
};

function selectSegments(
  { catalogue, converter }: Capabilities,
  request: Extract<VideoRequest, { kind: "text" | "image" }>,
  snapshot: Snapshot,
  context: SelectionContext,
): Selection {
  const earlier = context.kept?.plan?.type === "segments" ? context.kept.plan.seconds : null;
  const inTurn = converter?.capabilities.has("lastFrame") === true;
  const joined = converter?.capabilities.has("join") === true;
  const template = templatePrice(request, snapshot.policy);
  // A list of segments is charged less than what a template costs.
  const price =
    template === null || joined
      ? context.price
      : { ...template, credits: creditsForSegments(template.credits, snapshot.policy) };
  const priced = price === undefined ? context : { ...context, price };
  const { record, winner } = select(catalogue, request, snapshot, priced, (model, _, today) =>
    fitSegments(model, request, today, { inTurn, joined }, earlier),
  );
  if (winner === null) return { record, winner };
  const seconds = winner.segmentSeconds ?? [];
  return {
    record,
    winner,
    composition: { type: "segments", seconds, model: winner.model.id, inTurn, joined },
  };
}

/** What models are asked for, for messages about what is possible. */
export function requestOfModels(request: JobRequest, { unfilledStep }: Selection): ModelRequest {
  if (request.kind !== "scene") return request;
  return unfilledStep ?? stillOf(request);
}

/** How long it usually takes, all parts together. */
export function typicalOf({ p50Seconds, p90Seconds }: Winner) {
  return { p50Seconds, p90Seconds };
}

/** What is priced of a selection: everything that its winner makes. */
export function workOf(winner: Winner): PricedWork {
  const { plan, costUsdMicros, imageCostUsdMicros, fallbackCostUsdMicros } = winner;
  return {
    costUsdMicros,
    seconds: plan.durationSeconds,
    imageCostUsdMicros: imageCostUsdMicros ?? null,
    ...(fallbackCostUsdMicros === undefined ? {} : { fallbackCostUsdMicros }),
  };
}
