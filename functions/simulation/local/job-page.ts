import type { ServerResponse } from "node:http";
import { idPattern } from "../../src/domain/hash.js";
import type { Job } from "../../src/domain/job/job.js";
import { providerCostUsdMicros, unconfirmedCostUsdMicros } from "../../src/domain/job/view.js";
import { microsToUsd } from "../../src/domain/money.js";
import type { Adjustment } from "../../src/domain/request/request.js";
import type { Deps } from "../../src/engine/deps.js";
import type { LocalRoute } from "./local-functions.js";

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
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
    // No script at all, and nobody may show this page within another.
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; media-src http:; base-uri 'none'; frame-ancestors 'none'",
  });
  response.end(body);
}

/** A plain page about one job: the video, what happened, and why this model was chosen. */
function renderJobPage(job: Job, videoUrl: string | null): string {
  const seconds = ((job.endedAt ?? job.updatedAt) - job.createdAt) / 1_000;
  return page(
    `Video ${job.id}`,
    `<p><a href="/">All videos</a></p>
<h1>${escapeHtml(titleOf(job))}</h1>
<p class="status ${job.status}">${job.status}${job.error === null ? "" : ` – ${escapeHtml(job.error.message)}`}</p>
${videoUrl === null ? "" : player(job, escapeHtml(videoUrl))}
<dl>
<dt>Time</dt><dd>${seconds.toFixed(0)} s</dd>
<dt>Credits</dt><dd>${job.chargedCredits} charged, ${job.heldCredits} held</dd>
<dt>Provider cost</dt><dd>${providerCost(job)}</dd>
${job.output === null ? "" : `<dt>File</dt><dd>${fileFacts(job.output)}</dd>`}
</dl>
<h2>Timeline</h2>${timeline(job)}
<h2>Why</h2>${decision(job)}`,
    job.endedAt === null,
  );
}

function renderIndexPage(jobs: readonly Job[]): string {
  const rows = jobs
    .map(
      (job) =>
        `<tr><td><a href="/jobs/${job.id}">${job.id}</a></td><td>${escapeHtml(job.request.kind)}</td>` +
        `<td class="status ${job.status}">${job.status}</td><td>${escapeHtml(job.attempts.at(-1)?.model ?? "")}</td></tr>`,
    )
    .join("");
  return page(
    "Reelay",
    `<h1>Videos</h1><table><tr><th>Job</th><th>Kind</th><th>Status</th><th>Model</th></tr>${rows}</table>`,
    jobs.some((job) => job.endedAt === null),
  );
}

function titleOf(job: Job): string {
  const { request } = job;
  if (request.kind === "scene") return request.visualPrompt;
  return request.kind === "avatar" ? request.script : request.prompt;
}

function player({ output }: Job, url: string): string {
  if (output?.medium === "playlist")
    return `<p>No video, but <a href="${url}">a list of its segments</a></p>`;
  return `<video controls autoplay muted loop src="${url}"></video>`;
}

/** A start without an answer may have cost nothing. */
function providerCost(job: Job): string {
  const usd = (micros: number) => `$${microsToUsd(micros).toFixed(2)}`;
  const unconfirmed = unconfirmedCostUsdMicros(job);
  const cost = usd(providerCostUsdMicros(job));
  return unconfirmed === 0 ? cost : `${cost}, of which ${usd(unconfirmed)} no provider has confirmed`;
}

function fileFacts(output: NonNullable<Job["output"]>): string {
  if (output.medium === "playlist") {
    return escapeHtml(`a list of segments, not joined, ${output.durationSeconds.toFixed(1)} s`);
  }
  return escapeHtml(
    `${output.width}×${output.height}, ${output.durationSeconds.toFixed(1)} s, ${output.codec}, ` +
      `${Math.round(output.bytes / 1_024)} KB, sha256 ${output.sha256.slice(0, 12)}…`,
  );
}

/** One bar per attempt on a common scale. */
function timeline(job: Job): string {
  const end = job.endedAt ?? job.updatedAt;
  const span = Math.max(1, end - job.createdAt);
  const rows = job.attempts.map((attempt) => {
    const left = ((attempt.createdAt - job.createdAt) / span) * 100;
    const width = Math.max(1, (((attempt.endedAt ?? end) - attempt.createdAt) / span) * 100);
    const outcome = attempt.failure?.code ?? attempt.state;
    return `<tr><td>${attempt.number}</td><td>${escapeHtml(attempt.model)}</td><td>${escapeHtml(outcome)}</td>
<td class="track"><span class="bar ${attempt.state}" style="margin-left:${left.toFixed(1)}%;width:${Math.min(width, 100 - left).toFixed(1)}%"></span></td></tr>`;
  });
  return `<table><tr><th></th><th>Model</th><th>Outcome</th><th class="track">Time</th></tr>${rows.join("")}</table>`;
}

/** Score bars of the first decision, and what ruled the others out. */
function decision(job: Job): string {
  const record = job.attempts[0]?.decision.decision;
  if (record === undefined) return "<p>No decision yet.</p>";
  const ranked = record.ranked.map(
    (candidate) => `<tr><td>${escapeHtml(candidate.model)}</td>
<td class="track"><span class="bar score" style="width:${(candidate.score * 100).toFixed(1)}%"></span></td>
<td>${candidate.score.toFixed(3)}</td><td>$${microsToUsd(candidate.costUsdMicros).toFixed(2)}</td>
<td>${candidate.p50Seconds.toFixed(0)} s</td><td>${escapeHtml(changesOf(candidate.adjustments ?? []))}</td></tr>`,
  );
  const rejected = record.rejected.map(
    (candidate) =>
      `<tr><td>${escapeHtml(candidate.model)}</td><td colspan="5">${escapeHtml(candidate.reason)}</td></tr>`,
  );
  return `<table><tr><th>Model</th><th class="track">Score</th><th></th><th>Price</th><th>P50</th><th>Changes</th></tr>${ranked.join("")}${rejected.join("")}</table>`;
}

function changesOf(adjustments: readonly Adjustment[]): string {
  return adjustments.map(({ field, asked, given }) => `${field}: ${asked} → ${given}`).join("; ");
}

function page(title: string, body: string, live: boolean): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width">${live ? '<meta http-equiv="refresh" content="2">' : ""}
<style>
:root { color-scheme: light dark; --line: #8884; --ok: #2a9d5c; --bad: #c8443a; --busy: #3a7bd5; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
video { width: 100%; max-height: 60vh; background: #000; border-radius: 8px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { opacity: .7; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; opacity: .7; font-weight: 500; }
td, th { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
.track { width: 40%; } .bar { display: block; height: .7rem; border-radius: 4px; background: var(--busy); }
.bar.failed, .bar.given_up, .bar.lost, .bar.unanswered, .bar.written_off { background: var(--bad); } .bar.succeeded { background: var(--ok); }
.status { font-weight: 600; color: var(--busy); } .completed { color: var(--ok); } .failed { color: var(--bad); }
</style></head><body>${body}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
