import { type CompositePlan, segmentName, storedPart } from "../../domain/composite.js";
import type { Job } from "../../domain/job.js";
import { modeOf, type VideoRequest } from "../../domain/request.js";
import { canBeSplit, modelsMaking } from "../../domain/segments.js";
import { jobFiles } from "../job-files.js";
import type { Deps, StoredVideo } from "../ports.js";

type SegmentsPlan = Extract<CompositePlan, { type: "segments" }>;

const frameMaxBytes = 20 * 1024 * 1024;
/** A start may wait for its provider until the deadline of the whole. */
const linkMarginMs = 3_600_000;

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
  const image = await lastFrameUrl(
    deps,
    whole,
    { path: before.output.path, facts: before.output },
    before.jobId,
  );
  const { kind, ...shared } = request;
  return limited(deps, plan, number, { ...shared, kind: "image", image });
}

/** One segment of the length that was planned, at a model that makes exactly that. */
function limited(
  { catalogue }: Deps,
  { seconds, model }: SegmentsPlan,
  number: number,
  request: Extract<VideoRequest, { kind: "text" | "image" }>,
): VideoRequest {
  const { maxCostUsd, providers } = request;
  const { only } = providers;
  const durationSeconds = seconds[number - 1] ?? 0;
  const makers = modelsMaking(catalogue, modeOf(request), durationSeconds).filter(
    (id) => only === undefined || only.includes(id) || only.some((name) => id.startsWith(`${name}:`)),
  );
  const { requestId, ...rest } = request;
  return {
    ...rest,
    durationSeconds,
    // What was asked of the file holds for the whole of it.
    output: { format: "mp4" },
    providers: { ...providers, only: makers, prefer: [model, ...(providers.prefer ?? [])] },
    ...(maxCostUsd === undefined ? {} : { maxCostUsd: maxCostUsd / seconds.length }),
  };
}

/** Taken from the stored segment when the next one is about to begin. */
async function lastFrameUrl(deps: Deps, whole: Job, segment: StoredVideo, jobId: string): Promise<string> {
  const path = jobFiles({ uid: whole.uid, id: jobId }).lastFrame;
  if ((await deps.media.stat(path)) === null) {
    if (deps.converter === null) throw new Error("the segments were planned with a converter");
    await deps.converter.lastFrame(segment, {
      path,
      contentType: "image/jpeg",
      maxBytes: frameMaxBytes,
      public: false,
      metadata: { jobId },
    });
  }
  return deps.media.signedUrl(path, whole.deadlineAt + linkMarginMs);
}
