import { addUse, BudgetExceeded, type BudgetLine } from "../../domain/accounting/budget.js";
import { priceOf } from "../../domain/accounting/price.js";
import { type Batch, batchIdOf, earlierBatchIdOf, newBatch } from "../../domain/batch/batch.js";
import {
  type BatchOrder,
  itemPath,
  orderHash,
  parseClips,
  parseSceneBatch,
} from "../../domain/batch/batch-request.js";
import { RequestError } from "../../domain/errors.js";
import { firstLines } from "../../domain/job/budget-lines.js";
import { type Caller, holdEntry, newJob, type Order } from "../../domain/job/new-job.js";
import type { Policy } from "../../domain/policy/policy.js";
import { typicalOf, workOf } from "../../domain/selection/composite.js";
import { checkProviderNames } from "../../domain/selection/selection.js";
import { announce, budgetRefusal, readBudgets } from "../budgets.js";
import type { Deps } from "../deps.js";
import { checkFreeCancellations } from "../job/free-cancellations.js";
import { checkRequest, refusalOf, sameRequest, selectFor } from "../job/submit.js";
import { deliver } from "../outbox.js";
import type { CreatedBatch } from "../ports/batch-store.js";
import type { JobStart } from "../ports/job-store.js";

/**
 * Starts one clip for every pair of frames, side by side. All pairs are checked before anything is
 * written or charged. Throws `RequestError`, which names the pair.
 */
export async function submitClips(deps: Deps, caller: Caller, input: unknown): Promise<Batch> {
  const order = parseClips(input);
  const checked = [...order.requests].map(([key, request]) => [key, checkRequest(deps, request)] as const);
  return createBatch(deps, caller, { ...order, requests: new Map(checked) });
}

/** The same for scenes, each of which becomes a picture and then a video. */
export async function submitScenes(deps: Deps, caller: Caller, input: unknown): Promise<Batch> {
  const order = parseSceneBatch(input);
  for (const request of order.requests.values()) checkProviderNames(deps.catalogue, request);
  return createBatch(deps, caller, order);
}

/**
 * Writes a batch with all its jobs and holds in one commit, and sends the jobs on their way: either
 * everything can be paid for and is started, or nothing is. The same `requestId` returns the same
 * batch. Throws `RequestError`.
 */
export async function createBatch(deps: Deps, caller: Caller, order: BatchOrder): Promise<Batch> {
  const { type, projectId, requestId, requests } = order;
  const requestHash = orderHash(order);
  const id = batchIdOf(caller.uid, requestId ?? deps.newId());
  const existing = await findSubmitted(deps, caller, requestId);
  if (existing !== null) return sameRequest(existing, caller, requestHash, "batchId");

  const terms = await priceItems(deps, caller, order);
  const { policy } = await deps.snapshot();
  const start = { id, uid: caller.uid, type, projectId, requestHash };
  const fresh = newBatch(start, [...requests.keys()], deps.now());
  const starts = toStarts(fresh, caller, requests, terms, policy);
  const { batch, created, nearing } = await write(deps, fresh, starts, policy);
  if (!created) return sameRequest(batch, caller, requestHash, "batchId");
  const credits = starts.reduce((sum, { hold }) => sum + hold.credits, 0);
  deps.log.info("batch.submitted", { batchId: id, uid: caller.uid, type, items: starts.length, credits });
  announce(deps, nearing);
  await Promise.all(starts.map(({ job }) => deliver(deps, job)));
  return batch;
}

/** The batch that a requestId was used for before, if any. */
async function findSubmitted(
  deps: Deps,
  { uid }: Caller,
  requestId: string | undefined,
): Promise<Batch | null> {
  if (requestId === undefined) return null;
  const found = await deps.batches.get(batchIdOf(uid, requestId));
  if (found !== null) return found;
  const earlier = await deps.batches.get(earlierBatchIdOf(uid, requestId));
  return earlier?.uid === uid ? earlier : null;
}

type Terms = Omit<Order, "request">;

/**
 * What every item costs and usually takes. Refuses when there is an item that nobody can make now, and
 * names it: first one that nobody can ever make, as waiting does not help it.
 */
export async function priceItems(
  deps: Deps,
  caller: Caller,
  { type, requests }: Pick<BatchOrder, "type" | "requests">,
): Promise<ReadonlyMap<string, Terms>> {
  const terms = new Map<string, Terms>();
  const snapshot = await deps.snapshot();
  const budgets = await readBudgets(deps, caller.uid, snapshot.policy);
  const refusals = [...requests].flatMap(([key, request]) => {
    const selection = selectFor(deps, caller, request, snapshot, deps.now(), budgets);
    if (selection.winner !== null) {
      const price = priceOf(request, workOf(selection.winner), snapshot.policy);
      terms.set(key, { price, typical: typicalOf(selection.winner) });
      return [];
    }
    return [{ key, error: refusalOf(deps, request, selection, snapshot, budgets) }];
  });
  const worst = refusals.find(({ error }) => error.code === "invalid_argument") ?? refusals[0];
  if (worst === undefined) return terms;
  const { code, message, details, retryable } = worst.error;
  const place = itemPath(type, worst.key);
  throw new RequestError(code, `${place}: ${message}`, { ...details, key: worst.key }, retryable);
}

function toStarts(
  batch: Batch,
  caller: Caller,
  requests: BatchOrder["requests"],
  terms: ReadonlyMap<string, Terms>,
  policy: Policy,
): JobStart[] {
  return [...requests].flatMap(([key, request]) => {
    const ofItem = terms.get(key);
    if (ofItem === undefined) return [];
    const jobId = batch.items[key]?.jobId ?? "";
    const place = { batchId: batch.id, key, number: 1 };
    const job = { ...newJob(jobId, caller, { request, ...ofItem }, policy, batch.createdAt), batch: place };
    return { job, hold: holdEntry(job) };
  });
}

async function write(
  deps: Deps,
  batch: Batch,
  starts: readonly JobStart[],
  policy: Policy,
): Promise<CreatedBatch> {
  await checkFreeCancellations(deps, batch.uid, policy);
  const lines = starts.flatMap(({ job }) => firstLines(job, policy));
  try {
    return await deps.batches.create(batch, starts, policy.limits.startsPerUserPerMinute, together(lines));
  } catch (error) {
    throw error instanceof BudgetExceeded ? budgetRefusal(error) : error;
  }
}

/** New jobs of one owner and day reserve from one budget, so their lines are one. */
function together([first, ...others]: readonly BudgetLine[]): BudgetLine[] {
  if (first === undefined) return [];
  return [{ ...first, use: others.reduce((sum, { use }) => addUse(sum, use), first.use) }];
}
