import { styleText } from "node:util";
import { type Attempt, isTerminal, type Job } from "../../src/domain/job/job.js";
import { describeStep, progressOf } from "../../src/domain/job/progress.js";
import { microsToUsd } from "../../src/domain/money.js";
import type { Adjustment } from "../../src/domain/request/request.js";
import type { Decision } from "../../src/domain/selection/decision.js";
import type { LocalCloud } from "./local-cloud.js";
import type { LocalFunctions } from "./local-functions.js";
import type { StartOptions } from "./start-options.js";

/** One run of requests against the local cloud. */
export interface Run {
  readonly cloud: LocalCloud;
  readonly functions: LocalFunctions;
  readonly requests: readonly unknown[];
  readonly options: StartOptions;
  readonly uid: string;
  readonly directory: string;
  readonly print: (line: string) => void;
}

/** Resolves with the job when it has ended. */
export function followJob(
  { functions, print }: Pick<Run, "functions" | "print">,
  jobId: string,
): Promise<Job> {
  const { deps } = functions;
  return new Promise((resolve, reject) => {
    let tell: ((job: Job) => void) | undefined;
    const stop = deps.jobs.watch(jobId, (job) => {
      if (job === null) return reject(new Error(`the job ${jobId} has disappeared`));
      tell ??= createTimeline(print, job.createdAt);
      tell(job);
      if (!isTerminal(job)) return;
      stop();
      resolve(job);
    });
  });
}

type Print = (line: string) => void;

/** Prints what happens to a job, each thing once, as the job changes. */
function createTimeline(print: Print, startedAt: number): (job: Job) => void {
  const told = new Set<string>();
  const once = (key: string, ...lines: string[]) => {
    if (told.has(key)) return;
    told.add(key);
    for (const line of lines) print(line);
  };
  return (job) => {
    const clock = dim(`${((job.updatedAt - startedAt) / 1_000).toFixed(0).padStart(4)} s`);
    once("submitted", `${clock}  ${job.id} accepted, ${job.heldCredits} credits held`);
    for (const attempt of job.attempts) tellAttempt(attempt, clock, once);
    for (const line of job.composition?.estimate?.adjustments ?? []) {
      once(`adjusted ${line.field}`, adjustmentLine(line));
    }
    for (const { name, percent } of job.composition?.steps ?? []) {
      once(`step ${name}`, `${clock}  ${describeStep(name)} (${percent} %)`);
    }
    if (job.composition !== undefined) return tellEnd(job, clock, once);
    if (job.status === "generating") {
      once(`generating${job.attempts.length}`, `${clock}  ${progressLine(job)}`);
    }
    if (job.status === "storing") once(`storing${job.attempts.length}`, `${clock}  ${progressLine(job)}`);
    tellEnd(job, clock, once);
  };
}

function tellEnd(job: Job, clock: string, once: (key: string, ...lines: string[]) => void): void {
  if (job.output !== null) once("output", `${clock}  file checked: ${describeFile(job)}`);
  if (job.endedAt !== null) once("ended", `${clock}  ${ending(job)}`);
}

function tellAttempt(attempt: Attempt, clock: string, once: (key: string, ...lines: string[]) => void): void {
  const { number, model, state, failure } = attempt;
  once(`decision${number}`, ...(number === 1 ? decisionTable(attempt.decision.decision) : []));
  once(
    `start${number}`,
    `${clock}  attempt ${number}: ${bold(model)}`,
    ...attempt.adjustments.map(adjustmentLine),
  );
  if (["failed", "given_up", "lost", "unanswered", "written_off"].includes(state)) {
    once(`failed${number}`, `${clock}  attempt ${number}: ${red(failure?.code ?? state)}, nothing charged`);
  }
  if (state === "ambiguous") {
    once(
      `ambiguous${number}`,
      `${clock}  attempt ${number}: ${red("not answered")}, waiting before anybody else is paid`,
    );
  }
}

function adjustmentLine({ field, asked, given, reason }: Adjustment): string {
  return dim(`         ${field}: asked ${asked}, given ${given} (${reason})`);
}

/** The candidates with their scores as bars, and what ruled the others out. */
function decisionTable(decision: Decision): string[] {
  const rows = decision.ranked.slice(0, 6).map((candidate, index) => {
    const bar = "█".repeat(Math.round(candidate.score * 24)).padEnd(24, "░");
    const mark = index === 0 ? green("→") : " ";
    const cost = `$${microsToUsd(candidate.costUsdMicros).toFixed(2)}`.padStart(6);
    return `        ${mark} ${candidate.model.padEnd(38)} ${bar} ${candidate.score.toFixed(3)} ${cost} ${candidate.p50Seconds.toFixed(0).padStart(4)} s`;
  });
  const reasons = new Map<string, number>();
  for (const { reason } of decision.rejected) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const left = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return [
    dim("        decision: score of each candidate, price, typical time"),
    ...rows,
    ...(left === "" ? [] : [dim(`          ruled out: ${left}`)]),
  ];
}

function progressLine(job: Job): string {
  const { percent, stage } = progressOf(job, job.updatedAt);
  return `${stage} (${percent} %)`;
}

function describeFile(job: Job): string {
  const { output } = job;
  if (output === null) return "none";
  if (output.medium === "playlist")
    return `a list of segments, not joined, ${output.durationSeconds.toFixed(1)} s`;
  const size = `${Math.round(output.bytes / 1_024)} KB`;
  const sound = output.hasAudio ? "with sound" : "silent";
  return `${output.width}x${output.height} ${output.durationSeconds.toFixed(1)} s ${output.codec} ${sound} ${size}`;
}

function ending(job: Job): string {
  if (job.status === "completed") {
    return `${green("completed")}: ${job.chargedCredits} credits charged`;
  }
  const charged = job.chargedCredits === 0 ? "No credits" : `${job.chargedCredits} credits`;
  return `${red(job.status)}: ${job.error?.message ?? "no reason"} ${charged} charged.`;
}

const dim = (text: string) => styleText("dim", text);
const bold = (text: string) => styleText("bold", text);
const green = (text: string) => styleText("green", text);
const red = (text: string) => styleText("red", text);
