import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";

interface Indexes {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly fields: readonly { readonly fieldPath: string }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly indexes: readonly unknown[];
  }[];
}

const root = join(import.meta.dirname, "..", "..");
const { indexes, fieldOverrides }: Indexes = JSON.parse(
  readFileSync(join(root, "firestore.indexes.json"), "utf8"),
);

const adapters = join(root, "functions", "src", "adapters", "firebase");
const sources = readdirSync(adapters)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(adapters, name), "utf8"))
  .join("\n");

/** Fields that a query filters by, sorts by, or sums. */
const queried = new Set(
  [...sources.matchAll(/(?:where\(|orderBy\(|sumField\([^;]*?)\s*"([\w.]+)"/g)]
    .map(([, field]) => field)
    .concat([...sources.matchAll(/sumField\([^;]*?"(\w+)"\)/g)].map(([, field]) => field)),
);

describe("the indexes of Firestore", () => {
  it("hold no field that no query names", () => {
    const fields = indexes.flatMap(({ collectionGroup, fields }) =>
      fields.map(({ fieldPath }) => ({ collectionGroup, fieldPath })),
    );
    expect(fields.length).toBeGreaterThan(15);
    expect(fields.filter(({ fieldPath }) => !queried.has(fieldPath))).toEqual([]);
  });

  it("have no two that are the same", () => {
    const texts = indexes.map((index) => JSON.stringify(index));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each(["videoJobs", "batches"])(
    "do not gather all writes of %s at one end, where a time rises with every document",
    (collection) => {
      const exempt = fieldOverrides.filter(
        ({ collectionGroup, indexes: kept }) => collectionGroup === collection && kept.length === 0,
      );
      expect(exempt.map(({ fieldPath }) => fieldPath)).toEqual(
        expect.arrayContaining(["createdAt", "updatedAt"]),
      );
    },
  );
});
