import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { silentLogger } from "../simulation/kit/silent-logger.js";
import { firebaseBatchStore } from "../src/adapters/firebase/batch-store.js";
import { firebaseCreditStore } from "../src/adapters/firebase/credit-store.js";
import { jobReader } from "../src/adapters/firebase/job-reader.js";
import { firebasePersonStore } from "../src/adapters/firebase/person-store.js";
import { readVersions } from "../src/adapters/firebase/policy-store.js";
import { type QueryShape, queriesAskedBy } from "./deployment/asked-queries.js";

interface IndexField {
  readonly fieldPath: string;
  readonly order: "ASCENDING" | "DESCENDING";
}
interface Indexes {
  readonly indexes: readonly { readonly collectionGroup: string; readonly fields: readonly IndexField[] }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly indexes: readonly { readonly order: string; readonly queryScope: string }[];
  }[];
}

const file = new URL("../../firestore.indexes.json", import.meta.url);
const { indexes, fieldOverrides } = JSON.parse(readFileSync(file, "utf8")) as Indexes;
const adapters = new URL("../src/adapters/firebase/", import.meta.url);
const deletion = { uid: "ada", pseudonym: "p", salt: "s", after: null, version: 1 } as never;
let asked: QueryShape[];

beforeAll(async () => {
  asked = await queriesAskedBy((db) => {
    const jobs = jobReader(db, silentLogger);
    const batches = firebaseBatchStore(db, { welcomeCredits: 0 });
    const credits = firebaseCreditStore(db, { welcomeCredits: 0 });
    const persons = firebasePersonStore(db);
    const status = "completed" as const;
    return [
      () => jobs.listByOwner("ada", { limit: 1 }),
      () => jobs.listByOwner("ada", { limit: 1, status }),
      () => jobs.listAllOf("ada", 1, null),
      () => jobs.listDue(1, 1, null),
      () => jobs.listOpen({ limit: 1 }),
      () => jobs.listEnded(1, 1, null),
      () => jobs.listUnresolved(1),
      () => jobs.findOperation("runway", [{ id: "a" }] as never),
      () => jobs.listDecisions(1),
      () => jobs.listCosts(1),
      () => batches.listByOwner("ada", { limit: 1 }),
      () => batches.listByOwner("ada", { limit: 1, type: "clips" }),
      () => batches.listEnded(1, 1, null),
      () => credits.statements(1, null),
      () => credits.ledger("ada", 1),
      () => persons.listDue(1, 1),
      () => persons.removeTraces(deletion, "job"),
      () => persons.removeRecords(deletion, 1),
      () => persons.copyLedger(deletion, 1),
      () => persons.count("ada"),
      () => readVersions(db, 1),
    ];
  });
});

/** Does a query need an index over more than one field, and which one serves it? */
function compositeFor({ collection, equal, order, summed }: QueryShape) {
  const last = [...order, ...summed.map((field) => ({ field, direction: "ASCENDING" as const }))];
  if (last.length === 0 || equal.length + last.length < 2) return { isNeeded: false, index: undefined };
  const index = indexes.find(({ collectionGroup, fields }) => {
    const first = fields.slice(0, equal.length).map(({ fieldPath }) => fieldPath);
    const rest = fields
      .slice(equal.length)
      .map(({ fieldPath: field, order: direction }) => ({ field, direction }));
    const isSame = JSON.stringify([first.sort(), rest]) === JSON.stringify([equal, last]);
    return collectionGroup === collection && isSame;
  });
  return { isNeeded: true, index };
}

/** The single-field indexes that a query without a composite one goes by. */
function singleFields({ equal, order }: QueryShape): IndexField[] {
  const equals = equal.map((fieldPath) => ({ fieldPath, order: "ASCENDING" as const }));
  return [...equals, ...order.map(({ field, direction }) => ({ fieldPath: field, order: direction }))];
}

/** Of the field itself, or of the map that it lies in. */
function overrideOf(collection: string, fieldPath: string) {
  const own = fieldOverrides.filter(({ collectionGroup }) => collectionGroup === collection);
  const above = own.filter((override) => `${fieldPath}.`.startsWith(`${override.fieldPath}.`));
  return above.sort((a, b) => b.fieldPath.length - a.fieldPath.length)[0];
}

describe("the indexes of Firestore", () => {
  it("are looked at with every field that a query of an adapter names", () => {
    const named = readdirSync(adapters, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .flatMap((path) => [
        ...readFileSync(new URL(path, adapters), "utf8").matchAll(/\.(?:where|orderBy)\(\s*"([^"]+)"/g),
      ])
      .map(([, field]) => field);
    const seen = new Set(asked.flatMap((query) => singleFields(query).map(({ fieldPath }) => fieldPath)));
    expect(new Set(named).size).toBeGreaterThan(10);
    expect([...new Set(named)].filter((field) => !seen.has(field ?? ""))).toEqual([]);
  });

  it("over several fields serve every query that needs one", () => {
    const needing = asked.filter((query) => compositeFor(query).isNeeded);
    expect(needing.length).toBeGreaterThan(5);
    expect(needing.filter((query) => compositeFor(query).index === undefined)).toEqual([]);
  });

  it("over several fields are all used", () => {
    const used = new Set(asked.map((query) => compositeFor(query).index));
    expect(indexes.filter((index) => !used.has(index))).toEqual([]);
  });

  it("over one field are there for every other query, and not for more", () => {
    for (const query of asked.filter((other) => !compositeFor(other).isNeeded)) {
      const queryScope = query.allParents ? "COLLECTION_GROUP" : "COLLECTION";
      for (const { fieldPath, order } of singleFields(query)) {
        const override = overrideOf(query.collection, fieldPath);
        const served = override?.indexes ?? [{ order, queryScope: "COLLECTION" }];
        expect({ query, served }).toEqual({
          query,
          served: expect.arrayContaining([{ order, queryScope }]),
        });
      }
    }
  });

  it.each([
    ["videoJobs", ["createdAt", "updatedAt", "deadlineAt", "next.dueAt", "cancellation.requestedAt"]],
    ["attempts", ["acceptedAt", "timeoutAt", "hedgeAt"]],
    ["batches", ["createdAt", "updatedAt"]],
    ["webhookDeliveries", ["receivedAt"]],
    ["users", ["starts.minute"]],
    ["audit", ["at"]],
  ])(
    "leave out the times of %s that nobody asks by: they would all be written at one place",
    (collection, fields) => {
      for (const field of fields) {
        expect({ field, indexes: overrideOf(collection, field)?.indexes }).toEqual({ field, indexes: [] });
      }
    },
  );
});
