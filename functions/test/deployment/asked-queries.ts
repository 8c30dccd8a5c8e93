import { jest } from "@jest/globals";
import { DocumentReference, Firestore, Query, WriteBatch } from "firebase-admin/firestore";

/** The shape of a query: what Firestore needs an index for. */
export interface QueryShape {
  readonly collection: string;
  readonly allParents: boolean;
  /** Fields that are compared for equality. */
  readonly equal: readonly string[];
  /** The fields that decide the order, a range first; never the id, which every index ends with. */
  readonly order: readonly { readonly field: string; readonly direction: "ASCENDING" | "DESCENDING" }[];
  /** What is summed up without reading the documents. */
  readonly summed: readonly string[];
}

interface Structured {
  readonly from?: readonly { readonly collectionId?: string; readonly allDescendants?: boolean }[];
  readonly where?: Filter;
  readonly orderBy?: readonly { readonly field: Field; readonly direction: "ASCENDING" | "DESCENDING" }[];
}
interface Field {
  readonly fieldPath: string;
}
interface Filter {
  readonly fieldFilter?: { readonly field: Field; readonly op: string };
  readonly compositeFilter?: { readonly filters: readonly Filter[] };
}
interface Asked {
  readonly structuredQuery?: Structured;
  readonly structuredAggregationQuery?: {
    readonly structuredQuery: Structured;
    readonly aggregations: readonly { readonly sum?: { readonly field: Field } }[];
  };
}

/** Runs something against a database that answers every query with one document, and keeps the queries. */
export async function queriesAskedBy(
  ask: (db: Firestore) => readonly (() => unknown)[],
): Promise<QueryShape[]> {
  const asked = new Map<string, QueryShape>();
  const keep = (query: object) => {
    const shape = shapeOf((query as { toProto(): Asked }).toProto());
    asked.set(JSON.stringify(shape), shape);
  };
  const db = new Firestore({ projectId: "demo-queries" });
  // The library does not hand out this class itself.
  const aggregates = Object.getPrototypeOf(db.collection("found").count()) as {
    get(): Promise<never>;
  };
  const found = { id: "found", data: () => ({}), ref: db.doc("found/found"), get: () => undefined };
  async function answer(this: object): Promise<never> {
    keep(this);
    return { docs: [found], size: 1, empty: false, data: () => ({ count: 1, sum: 1 }) } as never;
  }
  const spies = [
    jest.spyOn(Query.prototype, "get").mockImplementation(answer),
    jest.spyOn(aggregates, "get").mockImplementation(answer),
    jest
      .spyOn(Firestore.prototype, "runTransaction")
      .mockImplementation(async (run) =>
        run({ get: async (query: object) => ("toProto" in query ? answer.call(query) : found) } as never),
      ),
    jest.spyOn(Firestore.prototype, "recursiveDelete").mockResolvedValue(undefined),
    jest.spyOn(Firestore.prototype, "getAll").mockResolvedValue([]),
    jest.spyOn(DocumentReference.prototype, "get").mockResolvedValue(found as never),
    jest.spyOn(DocumentReference.prototype, "delete").mockResolvedValue({} as never),
    jest.spyOn(WriteBatch.prototype, "commit").mockResolvedValue([]),
  ];
  try {
    // What the answers are good for does not matter here.
    for (const call of ask(db))
      await Promise.resolve()
        .then(call)
        .catch(() => undefined);
  } finally {
    for (const spy of spies) spy.mockRestore();
    await db.terminate();
  }
  return [...asked.values()];
}

function shapeOf({ structuredQuery, structuredAggregationQuery: sums }: Asked): QueryShape {
  const query = sums?.structuredQuery ?? structuredQuery ?? {};
  const filters = leavesOf(query.where);
  const isEqual = (op: string) => op === "EQUAL" || op === "IN";
  const equal = filters.filter(({ op }) => isEqual(op)).map(({ field }) => field.fieldPath);
  const ordered = (query.orderBy ?? []).map(({ field, direction }) => ({
    field: field.fieldPath,
    direction,
  }));
  const ranged = filters
    .filter(({ op, field }) => !isEqual(op) && !ordered.some((order) => order.field === field.fieldPath))
    .map(({ field }) => ({ field: field.fieldPath, direction: "ASCENDING" as const }));
  const unique = new Map([...ranged, ...ordered].map((order) => [order.field, order]));
  unique.delete("__name__");
  return {
    collection: query.from?.[0]?.collectionId ?? "",
    allParents: query.from?.[0]?.allDescendants ?? false,
    equal: [...new Set(equal)].sort(),
    order: [...unique.values()],
    summed: (sums?.aggregations ?? []).flatMap(({ sum }) => (sum === undefined ? [] : [sum.field.fieldPath])),
  };
}

function leavesOf(filter: Filter | undefined): { readonly field: Field; readonly op: string }[] {
  if (filter?.fieldFilter !== undefined) return [filter.fieldFilter];
  return (filter?.compositeFilter?.filters ?? []).flatMap(leavesOf);
}
