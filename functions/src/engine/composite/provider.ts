import { reasonOf } from "../../domain/errors.js";
import { compositeAttempt } from "../../domain/job/job.js";
import type { Operation, VideoProvider } from "../../domain/provider/provider.js";
import { compositeModels } from "../../domain/selection/composite.js";
import type { CompositePlan } from "../../domain/selection/composite-plan.js";
import type { Deps } from "../deps.js";
import { advance, stopParts } from "./advance.js";
import { readParts } from "./parts.js";

const pollFloorMs = 10_000;

/**
 * The same installation with the providers that start jobs of our own instead of calling a vendor.
 * They work through the ports that they are given beside, so whoever wraps those wraps them too.
 */
export function withComposites(deps: Deps): Deps {
  const providers = new Map(deps.providers);
  const whole: Deps = { ...deps, providers };
  for (const type of ["scene", "segments"] as const) providers.set(type, compositeProvider(whole, type));
  return whole;
}

function compositeProvider(deps: Deps, type: CompositePlan["type"]): VideoProvider {
  return {
    id: compositeModels[type].provider,
    models: [],
    pollFloorMs,
    startGuard: "idempotent",
    cancelRefund: "unknown",
    outputHosts: [],

    /** Cannot fail: what could not be begun now is begun when the job is next looked at. */
    async start(_plan, { idempotencyKey }) {
      const [jobId = ""] = idempotencyKey.split(":");
      try {
        await advance(deps, jobId);
      } catch (error) {
        deps.log.warn("job.parts_late", { jobId, reason: reasonOf(error) });
      }
      return { status: "started", operation: { jobId } };
    },

    status: (operation) => advance(deps, jobIdOf(operation)),

    async cancel(operation) {
      const job = await deps.jobs.get(jobIdOf(operation));
      const plan = compositeAttempt(job)?.composite;
      if (job === null || plan === undefined) return { status: "unconfirmed" };
      const all = await stopParts(deps, await readParts(deps, job, plan));
      return { status: all ? "confirmed" : "unconfirmed" };
    },

    probe: async () => ({ status: "ok" }),
  };
}

function jobIdOf({ jobId }: Operation): string {
  return String(jobId);
}
