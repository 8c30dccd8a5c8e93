import { reasonOf } from "../../domain/errors.js";
import {
  capabilityFor,
  conversionFor,
  conversionProblem,
  needsConverter,
} from "../../domain/output/conversion.js";
import type { Deps } from "../deps.js";
import { ObjectReplacedError } from "../ports/media-store.js";
import { storedContent } from "../ports/stored-content.js";
import type { CheckedFile } from "./fetch-original.js";
import { jobFiles } from "./job-files.js";
import { type StoreFailure, type StoreTry, storeFailure, toStoreFailure } from "./store-try.js";

/**
 * Makes of the provider's file what the caller asked for, when it is not that already. The original
 * stays where it is until its successor has been checked, so a failed try loses nothing.
 */
export async function convertVideo(
  deps: Deps,
  { job, options: kind }: StoreTry,
  original: CheckedFile,
): Promise<CheckedFile | StoreFailure> {
  const { stored: kept } = original;
  const spec = conversionFor(job.request.output, original.facts, kept.bytes);
  if (spec === null) return original;
  const { converter } = deps;
  if (converter?.capabilities.has(capabilityFor(spec)) !== true) {
    const reason = `converter: none here makes ${capabilityFor(spec)}`;
    if (needsConverter(job.request.output))
      return { ...storeFailure("conversion_failed", "own_trouble", reason), kept };
    // Every provider was believed to deliver this; another one will.
    await deps.media.delete(original.path, kept);
    return storeFailure("bad_output", "bad_file", `mismatch: ${original.facts.codec}, and ${reason}`);
  }
  try {
    const files = jobFiles(job);
    const path = spec.format === "gif" ? files.animation : files.converting;
    const contentType = spec.format === "gif" ? "image/gif" : "video/mp4";
    const options = { ...kind, contentType } as const;
    const made = await converter.convert(original, spec, { path, ...options });
    const inspection = await deps.inspector.video(path);
    const problem = inspection.ok
      ? conversionProblem(spec, original.facts, inspection.facts, made.bytes)
      : `${inspection.defect}: ${inspection.detail}`;
    if (!inspection.ok || problem !== null) {
      await deps.media.delete(path, made);
      return { ...storeFailure("conversion_failed", "doubtful_file", `converted: ${problem}`), kept };
    }
    const { facts } = inspection;
    if (spec.format === "gif") return { ok: true, path, stored: made, facts };
    const stored = await deps.media.write(files.video, storedContent(deps.media, made), {
      ...options,
      replaces: kept,
    });
    await deps.media.delete(path, made);
    return { ok: true, path: files.video, stored, facts };
  } catch (error) {
    if (error instanceof ObjectReplacedError) return { ...toStoreFailure(error), kept };
    return { ...storeFailure("conversion_failed", "own_trouble", `converter: ${reasonOf(error)}`), kept };
  }
}
