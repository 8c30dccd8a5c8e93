import { storedPart } from "../../domain/job/composition.js";
import type { Job } from "../../domain/job/job.js";
import type { Exactly, Kept, segmentOptions } from "../../domain/request/part-options.js";
import { exactFieldsOf, modeOf, type shown, type VideoRequest } from "../../domain/request/request.js";
import { storedPicture } from "../../domain/request/stored-picture.js";
import { type CompositePlan, segmentName } from "../../domain/selection/composite-plan.js";
import { canBeSplit, modelsMaking } from "../../domain/selection/segments.js";
import type { Deps } from "../deps.js";
import { lastFrameOf } from "../store/last-frame.js";

type SegmentsPlan = Extract<CompositePlan, { type: "segments" }>;

/** What a segment asks for; `null` while the one that it continues is not done. */
export async function segmentStep(
  deps: Deps,
  whole: Job,
  plan: SegmentsPlan,
  number: number,
): Promise<VideoRequest | null> {
  const { request } = whole;
  if (request.kind === "still" || request.kind === "scene" || !canBeSplit(request)) return null;
  if (number === 1 || !plan.inTurn) return limited(deps, plan, number, request);
  const before = storedPart(whole.composition, segmentName(number - 1));
  if (before === undefined) return null;
  const { output, jobId } = before;
  const path = await lastFrameOf(deps, { uid: whole.uid, id: jobId }, { path: output.path, facts: output });
  const { kind, ...shared } = request;
  return limited(deps, plan, number, { ...shared, kind: "image", image: storedPicture(path) });
}

/** One segment of the length that was planned, at a model that makes exactly that. */
function limited(
  { catalogue }: Deps,
  { seconds, model, inTurn }: SegmentsPlan,
  number: number,
  request: Extract<VideoRequest, { kind: "text" | "image" }>,
): VideoRequest {
  const {
    preset,
    exact,
    maxCostUsd,
    providers,
    output,
    priceKey,
    requestId,
    durationSeconds: _,
    ...options
  } = request;
  const kept: Exactly<typeof options, Kept<typeof segmentOptions> | "kind" | keyof typeof shown> = options;
  const { only } = providers;
  // Whoever follows a picture follows a frame of the segment before, which has the ratio.
  const exactly = exactFieldsOf(request).filter(
    (field) => field !== "aspectRatio" || !inTurn || number === 1,
  );
  const durationSeconds = seconds[number - 1] ?? 0;
  const makers = modelsMaking(catalogue, modeOf(request), durationSeconds).filter(
    (id) => only === undefined || only.includes(id) || only.some((name) => id.startsWith(`${name}:`)),
  );
  return {
    ...kept,
    ...(exactly.length === 0 ? {} : { exact: exactly }),
    durationSeconds,
    // What was asked of the file holds for the whole of it.
    output: { format: "mp4" },
    providers: { ...providers, only: makers, prefer: [model, ...(providers.prefer ?? [])] },
    ...(maxCostUsd === undefined ? {} : { maxCostUsd: maxCostUsd / seconds.length }),
  };
}
