import { reasonOf } from "../../domain/errors.js";
import { type Inspection, remedyFor } from "../../domain/output/check.js";
import type { Deps } from "../deps.js";
import type { StoredObject } from "../ports/media-store.js";
import { storedContent } from "../ports/stored-content.js";
import { jobFiles } from "./job-files.js";
import type { StoreTry } from "./store-try.js";

interface Inspected {
  readonly stored: StoredObject;
  readonly inspection: Inspection;
}

/**
 * Looks at a stored video. Where our reader doubts a file, or browsers would not play it, a converter
 * writes it anew; what passes the same check then takes the place of the file that was fetched. A
 * converter that fails has no say: the first look counts.
 */
export async function inspectOrMend(
  deps: Deps,
  { job, options }: StoreTry,
  fetched: StoredObject,
): Promise<Inspected> {
  const inspection = await deps.inspector.video(fetched.path);
  const asFound = { stored: fetched, inspection };
  const remedy = remedyFor(inspection);
  const { converter } = deps;
  if (remedy === null || converter?.mend === undefined) return asFound;
  // The words that are kept with the file stay with it, so that the next try knows how it came.
  const write = { ...options, metadata: fetched.metadata, contentType: "video/mp4" } as const;
  try {
    const mended = await converter.mend(fetched, remedy, { path: jobFiles(job).converting, ...write });
    const again = await deps.inspector.video(mended.path);
    const stored = again.ok
      ? await deps.media.write(fetched.path, storedContent(deps.media, mended), {
          ...write,
          replaces: fetched,
        })
      : fetched;
    await deps.media.delete(mended.path, mended);
    if (again.ok) return { stored, inspection: again };
  } catch (error) {
    deps.log.warn("output.not_mended", { jobId: job.id, remedy, reason: reasonOf(error) });
  }
  return asFound;
}
