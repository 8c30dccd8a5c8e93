import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isBalanced } from "../../src/domain/accounting/credits.js";
import { RequestError } from "../../src/domain/errors.js";
import type { JobEvent } from "../../src/domain/job/event.js";
import {
  accepted,
  apply,
  claim,
  create,
  grantEntry,
  startMs,
  stored,
  succeeded,
  videoJob,
} from "./fixtures/jobs.js";
import type { JobBench } from "./job-store.contract.js";

const users = ["ada", "bob"];
const slots = ["a1", "a2", "a3"];

const startRefused: JobEvent = { type: "start_refused", attempt: 1, failure: { code: "content_blocked" } };
const cancelRequested: JobEvent = { type: "cancel_requested", by: "owner" };
const events = { accepted, succeeded, stored, startRefused, cancelRequested };

const slot = fc.nat({ max: slots.length - 1 });
const operations = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant("grant"),
      user: fc.nat({ max: 1 }),
      credits: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ type: fc.constant("create"), slot, seconds: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ type: fc.constant("claim"), slot }),
    fc.record({
      type: fc.constantFrom("accepted", "succeeded", "stored", "startRefused", "cancelRequested"),
      slot,
    }),
    fc.record({ type: fc.constant("delete"), slot }),
  ),
  { minLength: 4, maxLength: 14 },
);
type Operation = { type: string; slot?: number; user?: number; credits?: number; seconds?: number };

/** Runs one operation; a refusal is a result like any other. */
async function run({ jobs, credits }: JobBench, operation: Operation, step: number): Promise<unknown> {
  const id = slots[operation.slot ?? 0] ?? "";
  const uid = users[(operation.slot ?? 0) % users.length] ?? "";
  const at = startMs + step;
  try {
    switch (operation.type) {
      case "grant":
        return await credits.grant(
          grantEntry(operation.credits ?? 1, {
            id: `grant-${operation.credits}`,
            uid: users[operation.user ?? 0] ?? "",
            at,
          }),
        );
      case "create":
        return await create(jobs, videoJob(id, { uid, at, seconds: operation.seconds ?? 1 }), 3);
      case "claim":
        return await apply(jobs, id, claim(videoJob(id)), at);
      case "delete":
        return await jobs.delete(id);
      default:
        return await apply(jobs, id, events[operation.type as keyof typeof events], at);
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { code: error.code, details: error.details };
  }
}

/** Everything that can be seen from outside. */
async function look({ jobs, credits }: JobBench) {
  return {
    jobs: await Promise.all(slots.map((id) => jobs.get(id))),
    open: await jobs.listOpen({ limit: 10 }),
    due: await jobs.listDue(startMs + 10_000_000, 10, null),
    ended: await jobs.listEnded(startMs + 10_000_000, 10, null),
    decisions: await jobs.listDecisions(10),
    owned: await Promise.all(users.map((uid) => jobs.listByOwner(uid, { limit: 10 }))),
    accounts: await Promise.all(users.map((uid) => credits.account(uid))),
    ledgers: await Promise.all(users.map((uid) => credits.ledger(uid, 50))),
  };
}

/** Two implementations of the same stores cannot be told apart, whatever is done to them. */
export function describeDifferential(open: () => Promise<{ one: JobBench; other: JobBench }>): void {
  describe("two job stores", () => {
    it("give the same results for the same operations, and never lose a credit", async () => {
      await fc.assert(
        fc.asyncProperty(operations, async (list) => {
          const { one, other } = await open();
          for (const [step, operation] of list.entries()) {
            const result = await run(one, operation, step);
            expect(await run(other, operation, step)).toEqual(result);
          }
          const seen = await look(one);
          expect(await look(other)).toEqual(seen);
          expect(seen.accounts.every(isBalanced)).toBe(true);
        }),
        { numRuns: 12 },
      );
    }, 180_000);
  });
}
