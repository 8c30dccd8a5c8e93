import type { ServerResponse } from "node:http";
import { idPattern } from "../../src/domain/hash.js";
import type { Job } from "../../src/domain/job/job.js";
import type { Deps } from "../../src/engine/deps.js";
import type { LocalRoute } from "./functions-host.js";
import { renderIndexPage, renderJobPage } from "./job-page.js";

const linkLifetimeMs = 3_600_000;

/** `/` lists the jobs of the local user, `/jobs/<id>` shows one. */
export function jobRoutes(deps: Deps, uid: string): LocalRoute[] {
  return [
    async (path, response) => {
      if (path !== "/") return false;
      const { items } = await deps.jobs.listByOwner(uid, { limit: 50 });
      send(response, 200, renderIndexPage(items));
      return true;
    },
    async (path, response) => {
      const id = path.startsWith("/jobs/") ? path.slice("/jobs/".length) : "";
      if (!idPattern.test(id)) return false;
      const job = await deps.jobs.get(id);
      if (job === null) send(response, 404, "There is no such video.");
      else send(response, 200, renderJobPage(job, await videoUrl(deps, job)));
      return true;
    },
  ];
}

async function videoUrl(deps: Deps, job: Job): Promise<string | null> {
  if (job.output === null) return null;
  return deps.media.signedUrl(job.output.path, deps.now() + linkLifetimeMs);
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
  response.end(body);
}
