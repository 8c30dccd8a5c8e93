import {
  type DocumentReference,
  type DocumentSnapshot,
  FieldValue,
  type Firestore,
  Timestamp,
  type WriteBatch,
} from "firebase-admin/firestore";
import {
  type BudgetLine,
  type BudgetScope,
  type BudgetUse,
  noUse,
  resetTime,
  scopeName,
  shardCountOf,
} from "../../domain/accounting/budget.js";
import { sumOf } from "../../domain/accounting/budget-shards.js";
import {
  type BudgetBooking,
  type BudgetChange,
  bookBudgets,
  budgetId,
  reservations,
} from "../shared/budget-booking.js";
import type { BudgetDocument } from "./documents/administration.js";
import { readAll } from "./documents/document.js";
import { budgetDocument } from "./paths.js";

type BudgetSnapshot = DocumentSnapshot<BudgetDocument>;

/** How long a day can be looked up; a time-to-live policy deletes it then. */
const keptMs = 90 * 86_400_000;

/**
 * Reads what the lines reserve from and writes all of them into a batch. The commit fails when a
 * shard that gave room is not as it was read. Settlements are blind increments: with the commit of
 * their job they are applied once or not at all.
 */
export async function addBudgetLines(
  db: Firestore,
  batch: WriteBatch,
  lines: readonly BudgetLine[],
): Promise<BudgetBooking> {
  const asked = reservations(lines);
  const snapshots = await readAll(
    db,
    asked.flatMap(({ day, scope }) => [
      ...shardsOf(db, day, scope),
      budgetDocument(db, budgetId(day, scope, "near")),
    ]),
  );
  const read = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const booking = bookBudgets(lines, ({ day, scope }) => ({
    shards: shardsOf(db, day, scope).map(({ id }) => toUse(read.get(id))),
    isAnnounced: read.get(budgetId(day, scope, "near"))?.exists === true,
  }));
  for (const change of booking.changes) writeChange(db, batch, change, read);
  for (const { day, scope } of booking.nearing) {
    batch.create(budgetDocument(db, budgetId(day, scope, "near")), head(day, scope));
  }
  return booking;
}

/** What a day has used of each scope. */
export async function readBudgetUse(
  db: Firestore,
  day: string,
  scopes: readonly BudgetScope[],
): Promise<BudgetUse[]> {
  const snapshots = await readAll(
    db,
    scopes.flatMap((scope) => shardsOf(db, day, scope)),
  );
  const uses = snapshots.map(toUse);
  return scopes.map((scope) => sumOf(uses.splice(0, shardCountOf(scope))));
}

function writeChange(
  db: Firestore,
  batch: WriteBatch,
  { day, scope, shard, use, isReservation }: BudgetChange,
  read: ReadonlyMap<string, BudgetSnapshot>,
): void {
  const document = budgetDocument(db, budgetId(day, scope, shard));
  const updateTime = read.get(document.id)?.updateTime;
  if (!isReservation) batch.set(document, { ...head(day, scope), ...toIncrements(use) }, { merge: true });
  else if (updateTime === undefined) batch.create(document, { ...head(day, scope), ...use });
  else batch.update(document, toIncrements(use), { lastUpdateTime: updateTime });
}

function head(day: string, scope: BudgetScope) {
  return { day, scope: scopeName(scope), expireAt: Timestamp.fromMillis(resetTime(day) + keptMs) };
}

function toIncrements({ usdMicros, seconds, credits }: BudgetUse) {
  return {
    usdMicros: FieldValue.increment(usdMicros),
    seconds: FieldValue.increment(seconds),
    credits: FieldValue.increment(credits),
  };
}

function toUse(snapshot: BudgetSnapshot | undefined): BudgetUse {
  const { usdMicros, seconds, credits } = { ...noUse, ...snapshot?.data() };
  return { usdMicros, seconds, credits };
}

function shardsOf(db: Firestore, day: string, scope: BudgetScope): DocumentReference<BudgetDocument>[] {
  return Array.from({ length: shardCountOf(scope) }, (_, shard) =>
    budgetDocument(db, budgetId(day, scope, shard)),
  );
}
