import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { blockReader, bufferReader } from "./media-reader.js";

const content = randomBytes(11 * 1024 * 1024 + 7);

function counted(bytes: Buffer) {
  const inner = bufferReader(bytes);
  const reads: number[] = [];
  const source = {
    size: inner.size,
    read: (offset: number, length: number) => {
      reads.push(offset);
      return inner.read(offset, length);
    },
  };
  return { source, reads };
}

describe("reading in blocks", () => {
  it("gives the same bytes as reading directly", async () => {
    const reader = blockReader(bufferReader(content));
    const range = fc
      .tuple(fc.nat({ max: content.length }), fc.nat({ max: 3_000_000 }))
      .map(([offset, length]) => [offset, Math.min(length, content.length - offset)] as const);
    await fc.assert(
      fc.asyncProperty(range, async ([offset, length]) => {
        const bytes = await reader.read(offset, length);
        expect(bytes.equals(content.subarray(offset, offset + length))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("asks the source once for many small pieces, and again for what it no longer keeps", async () => {
    const { source, reads } = counted(content);
    const reader = blockReader(source);
    for (let offset = 0; offset < 1_000_000; offset += 1_000) await reader.read(offset, 8);
    expect(reads).toEqual([0]);
    await reader.read(0, content.length);
    await reader.read(0, 8);
    expect(reads.filter((offset) => offset === 0)).toHaveLength(2);
  });

  it("asks again after a read that failed", async () => {
    let failures = 1;
    const inner = bufferReader(content);
    const reader = blockReader({
      size: inner.size,
      read: async (offset, length) => {
        failures -= 1;
        if (failures >= 0) throw new Error("the bucket is away");
        return inner.read(offset, length);
      },
    });
    await expect(reader.read(0, 8)).rejects.toThrow("the bucket is away");
    expect(await reader.read(0, 8)).toHaveLength(8);
  });
});
