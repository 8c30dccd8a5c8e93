import { RequestError } from "../../../src/domain/errors.js";
import { isTerminal, type Job } from "../../../src/domain/job/job.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { cancelJob } from "../../../src/engine/job/cancel.js";
import { findOwnJob } from "../../../src/engine/job/find.js";
import { retryVideo } from "../../../src/engine/job/retry.js";
import { submitJob, submitScene } from "../../../src/engine/job/submit.js";
import { createRefreshGate, refreshJob } from "../../../src/engine/poll/refresh-job.js";
import { rounded } from "../../kit/figures.js";
import { createInstallation, type Installation, type Moment } from "./installation.js";

/** What users ask for: cheap and dear, lengthened, spoken, in parts, and with hardly any time. */
export const requests = {
  cheap: { kind: "text", quality: "draft", durationSeconds: 4 },
  second: { kind: "text", durationSeconds: 1, maxCostUsd: 5 },
  dear: { kind: "text", quality: "premium", resolution: "1080p", audio: true, durationSeconds: 8 },
  hurried: { kind: "text", deadlineSeconds: 240, durationSeconds: 5 },
  hurriedDear: { kind: "text", quality: "premium", deadlineSeconds: 300, durationSeconds: 8 },
  picture: { kind: "image", image: "https://media.example.com/start.png", durationSeconds: 5 },
  frames: {
    kind: "frames",
    firstFrame: "https://media.example.com/first.png",
    lastFrame: "https://media.example.com/last.png",
  },
  spoken: { kind: "avatar", script: "Welcome to our spring collection. ".repeat(6) },
  portrait: { kind: "avatar", script: "Welcome.", image: "https://media.example.com/portrait.png" },
  scene: { scene: { imagePrompt: "A paper boat", visualPrompt: "It sails", durationSeconds: 5 } },
  hurriedScene: {
    scene: { imagePrompt: "A paper boat", visualPrompt: "It sails", durationSeconds: 5 },
    deadlineSeconds: 300,
  },
  long: { kind: "text", durationSeconds: 30 },
  hurriedLong: { kind: "text", durationSeconds: 30, deadlineSeconds: 600 },
} as const;
export type RequestName = keyof typeof requests;

export type Move =
  | { readonly type: "create"; readonly request: RequestName; readonly count: number }
  /** The moment at which the latest video is cancelled; `now` at once. */
  | { readonly type: "cancel"; readonly at: Moment | "now" }
  | { readonly type: "retry" }
  /** Calls the parts of the latest video by their ids, as if they were videos. */
  | { readonly type: "parts" }
  | { readonly type: "refresh" }
  | { readonly type: "wait"; readonly seconds: number };

/** One thing that one of the users does. */
export interface Step {
  readonly user: number;
  readonly move: Move;
}
export type Strategy = readonly Step[];

export interface StrategyResult {
  readonly strategy: string;
  readonly vendorUsd: number;
  readonly creditsSpent: number;
  /** `null` where vendors were paid and nobody spent a credit: no number is as bad. */
  readonly usdPerCredit: number | null;
}

const users = ["ada", "bob", "eve"];
export const userCount = users.length;
/** More than any strategy can spend. */
const credits = 100_000;
/** Longer than the longest deadline and what is asked about afterwards. */
const settleSeconds = 4 * 3_600;

/** Plays a strategy against the engine until every account is settled. */
export async function playStrategy(
  strategy: Strategy,
  policy: Policy,
  seed: number,
): Promise<StrategyResult> {
  const installation = createInstallation(policy, credits, seed);
  const latest = new Map<string, string>();
  for (const { user, move } of strategy) {
    const uid = users[user % users.length] ?? "ada";
    await unlessRefused(() => play(installation, latest, uid, move));
  }
  for (let waited = 0; waited < settleSeconds && !isSettled(installation); waited += 600)
    await installation.run(600);
  const accounts = await Promise.all(users.map((uid) => installation.deps.credits.account(uid)));
  const creditsSpent = accounts.reduce((sum, { spent }) => sum + spent, 0);
  const vendorUsd = rounded(installation.billedUsd(), 6);
  return {
    strategy: describe(strategy),
    vendorUsd,
    creditsSpent,
    usdPerCredit: ratio(vendorUsd, creditsSpent),
  };
}

function ratio(usd: number, spent: number): number | null {
  if (spent === 0) return usd === 0 ? 0 : null;
  return rounded(usd / spent, 6);
}

async function play(
  { deps, database, at, run }: Installation,
  latest: Map<string, string>,
  uid: string,
  move: Move,
): Promise<void> {
  const own = () => findOwnJob(deps, uid, latest.get(uid));
  switch (move.type) {
    case "create":
      for (let made = 0; made < move.count; made += 1) latest.set(uid, await create(deps, uid, move.request));
      return;
    case "cancel": {
      const { id } = await own();
      const cancel = async () => {
        const job = await deps.jobs.get(id);
        if (job !== null) await cancelJob(deps, job, "owner");
      };
      if (move.at !== "now") return at(uid, move.at, cancel);
      return cancel();
    }
    case "retry":
      latest.set(uid, (await retryVideo(deps, uid, (await own()).id)).id);
      return;
    case "parts":
      for (const part of partsOf(database.jobs, latest.get(uid))) {
        await unlessRefused(async () => {
          await cancelJob(deps, await findOwnJob(deps, uid, part.id), "owner");
        });
      }
      return;
    case "refresh":
      await refreshJob(deps, await own(), createRefreshGate());
      return;
    case "wait":
      return run(move.seconds);
  }
}

async function create(deps: Installation["deps"], uid: string, name: RequestName): Promise<string> {
  const caller = { uid, tier: "free" };
  const request = requests[name];
  if ("scene" in request) return (await submitScene(deps, caller, request)).job.id;
  const prompt = request.kind === "avatar" ? {} : { prompt: "A paper boat on a river at dawn" };
  return (await submitJob(deps, caller, { ...request, ...prompt })).job.id;
}

function partsOf(jobs: ReadonlyMap<string, Job>, wholeId: string | undefined): Job[] {
  return [...jobs.values()].filter(({ partOf }) => partOf !== undefined && partOf.jobId === wholeId);
}

/** What a user is refused changes nothing, and the user goes on. */
async function unlessRefused(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
}

function isSettled({ database }: Installation): boolean {
  return [...database.jobs.values()].every(
    (job) => isTerminal(job) && job.heldCredits === 0 && job.outbox.length === 0,
  );
}

/** A strategy in one line: who does what. */
function describe(strategy: Strategy): string {
  return strategy.map(({ user, move }) => `${users[user % users.length]} ${wordsOf(move)}`).join(", ");
}

function wordsOf(move: Move): string {
  switch (move.type) {
    case "create":
      return `creates ${move.count} ${move.request}`;
    case "cancel":
      return move.at === "now" ? "cancels" : `cancels when ${move.at}`;
    case "wait":
      return `waits ${move.seconds} s`;
    case "parts":
      return "cancels the parts";
    default:
      return move.type === "retry" ? "retries" : "refreshes";
  }
}
