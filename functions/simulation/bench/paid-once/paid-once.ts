import { textTable } from "../../kit/figures.js";
import type { Bench, BenchOptions } from "../bench.js";
import { countOurStarts, type OurCount, type VendorName } from "./our-starts.js";
import { countPeerStarts, type PeerName } from "./peer-starts.js";
import type { StartCount, Trouble } from "./troubled-server.js";

/** Paid starts for one logical start. */
export interface StartsResult extends Readonly<Record<Trouble, number>> {
  /** Start requests that reached the server. */
  readonly posts: Readonly<Record<Trouble, number>>;
}

export interface OurStartsResult extends StartsResult {
  /** Paid starts of the whole job, with the attempts that followed the first. */
  readonly job: Readonly<Record<Trouble, number>>;
}

export interface PaidOnceResult {
  readonly ours: Readonly<Record<VendorName, OurStartsResult>>;
  readonly peers: Readonly<Record<PeerName, StartsResult>>;
}

export const paidOnce: Bench<PaidOnceResult> = {
  name: "paid-once",
  about: [
    "How often a server bills for one start while it is in trouble: `lost`, it takes every start and drops the connection",
    "instead of answering; `busy`, it takes every start and then sheds it with a 503. A shed start that was never begun costs",
    "nobody anything, so `busy` counts as if it had been begun: every start with a new identity is paid. The servers are our",
    "simulators of the vendors behind real HTTP on the loopback interface, and de-duplicate as the vendors are known to:",
    "HeyGen by `Idempotency-Key` (its documents), Runware by `taskUUID` (its Python SDK), Runway not at all. POSTs are what",
    "reached the server, whatever it made of them. These are counts of a simulator, not invoices.",
    "",
    "Ours is a job in the real engine with the real HTTP client, on a clock that jumps to whatever is due next. One logical",
    "start is one attempt, with the key that was written down before the first request; it is counted when the attempt is",
    "over, be that after four sends of three copies, or after the wait for an answer that never came. A 503 is taken as a",
    "refusal, after which a job may begin a second attempt with a key of its own; `whole job` shows what that comes to in",
    "the case assumed here. The job names one model, so no other takes over.",
    "",
    "The peers make one start each against the same Runway server: `@runwayml/sdk` 4.20.1 as it comes, and axios in p-retry",
    "with `retries: 3`. Ours and p-retry wait 1 ms instead of their usual time before the first repetition; the number of",
    "repetitions is unchanged. The SDK has no such option and waits as long as it does.",
  ].join("\n"),
  run: measurePaidOnce,
  table({ ours, peers }) {
    const row = (name: string, { lost, busy, posts }: StartsResult, job?: OurStartsResult["job"]) => [
      name,
      ...[lost, posts.lost, job?.lost, busy, posts.busy, job?.busy].map((count) => String(count ?? "-")),
    ];
    return textTable(
      [
        "one start at a server in trouble",
        ...["lost: paid", "POSTs", "whole job", "busy: paid", "POSTs", "whole job"],
      ],
      [
        row("ours, HeyGen", ours.heygen, ours.heygen.job),
        row("ours, Runway", ours.runway, ours.runway.job),
        row("ours, Runware", ours.runware, ours.runware.job),
        row("@runwayml/sdk, Runway", peers.runwaySdk),
        row("axios + p-retry, Runway", peers.axiosRetry),
      ],
    );
  },
};

async function measurePaidOnce({ seed }: BenchOptions): Promise<PaidOnceResult> {
  const our = async (name: VendorName) => {
    const counts = await inBothTroubles((trouble) => countOurStarts(name, trouble, seed));
    return { ...toResult(counts), job: { lost: counts.lost.paidByJob, busy: counts.busy.paidByJob } };
  };
  const peer = async (name: PeerName) =>
    toResult(await inBothTroubles((trouble) => countPeerStarts(name, trouble, seed)));
  const [heygen, runway, runware, runwaySdk, axiosRetry] = await Promise.all([
    our("heygen"),
    our("runway"),
    our("runware"),
    peer("runwaySdk"),
    peer("axiosRetry"),
  ]);
  return { ours: { heygen, runway, runware }, peers: { runwaySdk, axiosRetry } };
}

async function inBothTroubles<Count extends StartCount | OurCount>(
  count: (trouble: Trouble) => Promise<Count>,
): Promise<Record<Trouble, Count>> {
  const [lost, busy] = await Promise.all([count("lost"), count("busy")]);
  return { lost, busy };
}

function toResult({ lost, busy }: Record<Trouble, StartCount>): StartsResult {
  return { lost: lost.paid, busy: busy.paid, posts: { lost: lost.posts, busy: busy.posts } };
}
