import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { DecisionRecord } from "../../src/domain/selection/record.js";

/** Writes records as JSON, one per line, without ever holding more than one of them. */
export function writeRecords(path: string, records: Iterable<DecisionRecord>): void {
  const file = openSync(path, "w");
  try {
    for (const record of records) writeSync(file, `${JSON.stringify(record)}\n`);
  } finally {
    closeSync(file);
  }
}

/** Reads them back from their bytes. */
export function* readRecords(path: string): Generator<DecisionRecord, void> {
  for (const line of readLines(path)) {
    const record: DecisionRecord = JSON.parse(line);
    yield record;
  }
}

function* readLines(path: string): Generator<string, void> {
  const file = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(1024 * 1024);
  let rest = "";
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}
