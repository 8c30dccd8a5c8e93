import { describe, expect, it } from "@jest/globals";
import { forAnyHistory } from "../../../domain/__fixtures__/histories.js";
import { accepted, exampleJob, exampleOutput, run, startedAt } from "../../../domain/__fixtures__/jobs.js";
import type { CreditAccount, LedgerEntry } from "../../../domain/accounting/credits.js";
import { type Batch, newBatch } from "../../../domain/batch/batch.js";
import type { Attempt, Job, Output } from "../../../domain/job/job.js";
import { accountConverter, inboxConverter, ledgerConverter } from "./account.js";
import { batchConverter, toBatchDocument } from "./batch.js";
import {
  attemptConverter,
  attemptEnvelope,
  jobConverter,
  jobEnvelope,
  toAttemptDocument,
  toJob,
  toJobDocument,
} from "./job.js";

const output: Required<Output> = {
  ...exampleOutput,
  thumbnailPath: "videos/owner-1/thumbnail.jpg",
  publicUrl: "https://storage.example.com/picture.png",
};

const [running] = run(exampleJob(), ...accepted).job.attempts;
if (running === undefined) throw new Error("there is no attempt");

/** With everything that an attempt can have: a field that is added to the domain has to be added here. */
const attempt: Required<Attempt> = {
  ...running,
  credentialId: "c0ffee00",
  failure: {
    code: "server_error",
    providerCode: "secret-code",
    statusCode: 500,
    retryAfterMs: 1,
    detail: "secret-detail",
  },
  storeTrouble: { obstacle: "own_trouble", since: startedAt, tries: 1 },
  cancelRefund: "none",
  budgets: [{ type: "user", id: "owner-1" }],
};

/** With everything that a job can have, which no job has at once. */
const job: Required<Job> = {
  ...exampleJob(),
  price: { credits: 10, seconds: 5, imageCredits: 0, usdPerCredit: 0.05 },
  typical: { p50Seconds: 60, p90Seconds: 90 },
  attempts: [attempt],
  endedAt: startedAt,
  next: { step: "store", dueAt: startedAt, attempt: 1 },
  checkAt: startedAt,
  outbox: [
    { id: "job:cancel:1", type: "cancel_operation", attempt: 1 },
    { id: "job:notify", type: "notify" },
    { id: "job:part_ended", type: "part_ended" },
    { id: "job:stop_parts", type: "stop_parts" },
    { id: "job:tell_batch", type: "tell_batch" },
  ],
  cancellation: {
    requestedAt: startedAt,
    by: "owner",
    outcome: "confirmed",
    refundedCredits: 1,
    chargedCredits: 1,
    stopped: [1],
  },
  output,
  error: {
    code: "budget_exceeded",
    fault: "budget",
    retryable: true,
    message: "Used up.",
    details: { retryAt: startedAt },
  },
  countsCredits: true,
  batch: { batchId: "batch-1", key: "intro", number: 1 },
  partOf: { jobId: "whole", name: "video" },
  pictureToken: "token",
  composition: {
    plan: { type: "segments", seconds: [5, 5], model: "acme:clip-1", inTurn: true, joined: true },
    estimate: {
      plannedAt: startedAt,
      adjustments: [{ field: "durationSeconds", asked: "5 s", given: "6 s", reason: "it makes no other" }],
      costUsdMicros: 1,
      p50Seconds: 1,
      p90Seconds: 2,
    },
    readyAt: startedAt,
    costUsdMicros: 1,
    storing: { tries: 1, trouble: { obstacle: "own_trouble", since: startedAt, tries: 1 } },
    steps: [{ name: "initialised", percent: 5, at: startedAt }],
    parts: [{ name: "segment-1", jobId: "part", output, chargedCredits: 2, paidBefore: true }],
  },
  redriveOf: "before",
  redrives: ["after"],
};

const batch: Required<Batch> = newBatch(
  { id: "batch-1", uid: "owner-1", type: "clips", requestHash: "hash", projectId: "project" },
  ["intro"],
  startedAt,
);

const outputKeys = [
  "bytes",
  "codec",
  "contentType",
  "durationSeconds",
  "hasAudio",
  "height",
  "medium",
  "path",
  "publicUrl",
  "sha256",
  "thumbnailPath",
  "width",
];

describe("what an owner can read", () => {
  it("is of a job these fields and no others", () => {
    const written = jobConverter.toFirestore(toJobDocument(job, "commit-1"));
    // A request is the owner's own; its fields were checked when it came.
    expect(keysOf({ ...written, request: null })).toEqual(
      [
        "actualSeconds",
        "attemptCount",
        ...under("attemptViews[]", [
          "acceptedAt",
          "costUsd",
          "createdAt",
          "endedAt",
          "error",
          "model",
          "number",
          "provider",
          "state",
        ]),
        ...under("batch", ["batchId", "key", "number"]),
        ...under("cancellation", [
          "by",
          "chargedCredits",
          "outcome",
          "refundedCredits",
          "requestedAt",
          "stopped[]",
        ]),
        "chargedCredits",
        "checkAt",
        "commitId",
        "composition.costUsdMicros",
        ...under("composition.estimate", ["costUsdMicros", "p50Seconds", "p90Seconds", "plannedAt"]),
        ...under("composition.estimate.adjustments[]", ["asked", "field", "given", "reason"]),
        ...under("composition.parts[]", [
          "chargedCredits",
          "jobId",
          "name",
          "paidBefore",
          ...under("output", outputKeys),
        ]),
        ...under("composition.plan", ["inTurn", "joined", "model", "seconds[]", "type"]),
        "composition.readyAt",
        ...under("composition.storing", ["tries", "trouble.obstacle", "trouble.since", "trouble.tries"]),
        ...under("composition.steps[]", ["at", "name", "percent"]),
        "countsCredits",
        "createdAt",
        "deadlineAt",
        "endedAt",
        "eta",
        ...under("error", ["code", "details.retryAt", "fault", "message", "retryable"]),
        "hasUnresolved",
        "heldCredits",
        "id",
        "isPart",
        "model",
        ...under("next", ["attempt", "dueAt", "step"]),
        ...under("outbox[]", ["attempt", "id", "type"]),
        ...under("output", outputKeys),
        ...under("partOf", ["jobId", "name"]),
        "pictureToken",
        ...under("price", ["credits", "imageCredits", "seconds", "usdPerCredit"]),
        "progressPercent",
        "provider",
        "redriveOf",
        "redrives[]",
        "request",
        "requestHash",
        "status",
        "tier",
        ...under("typical", ["p50Seconds", "p90Seconds"]),
        "uid",
        "updatedAt",
        "version",
      ].sort(),
    );
  });

  it("holds nothing of a provider's: no handle, key, plan or vendor's word", () => {
    const ofProvider = /secret|c0ffee00|:a1"|"operation":|decision|listedCost/;
    expect(JSON.stringify(attempt)).toMatch(ofProvider);
    expect(JSON.stringify(jobConverter.toFirestore(toJobDocument(job, "commit-1")))).not.toMatch(ofProvider);
  });

  it("is of an account, a line of its ledger and a message these fields and no others", () => {
    const credits: CreditAccount = { granted: 5, balance: 5, held: 0, spent: 0 };
    const account = accountConverter.toFirestore({ credits, starts: { minute: 1, count: 1 } });
    expect(keysOf(account)).toEqual([
      ...under("credits", ["balance", "granted", "held", "spent"]),
      ...under("starts", ["count", "minute"]),
    ]);
    const entry: LedgerEntry = {
      id: "hold",
      uid: "owner-1",
      type: "hold",
      credits: 5,
      jobId: "job",
      at: 1,
      note: "video",
    };
    expect(keysOf(ledgerConverter.toFirestore(entry))).toEqual(Object.keys(entry).sort());
    const message = {
      jobId: "job",
      status: "failed",
      code: "timeout",
      message: "Late.",
      createdAt: 1,
    } as const;
    expect(keysOf(inboxConverter.toFirestore(message))).toEqual(Object.keys(message).sort());
  });

  it("is of a batch these fields and no others", () => {
    expect(keysOf(batchConverter.toFirestore(toBatchDocument(batch, "commit-1")))).toEqual([
      "commitId",
      ...under("counts", ["cancelled", "completed", "failed", "running", "total"]),
      "createdAt",
      "endedAt",
      "id",
      ...under("items.intro", ["errorCode", "jobId", "status", "tries"]),
      "projectId",
      "requestHash",
      "status",
      "type",
      "uid",
      "updatedAt",
      "version",
    ]);
  });

  it("does not grow by itself when the domain gets a new field, wherever it is", () => {
    const added = { added: "new" };
    const grown = {
      ...job,
      ...added,
      output: { ...output, ...added },
      error: { ...job.error, ...added },
      composition: { ...job.composition, ...added, steps: [{ ...job.composition.steps[0], ...added }] },
      outbox: [{ ...job.outbox[0], ...added }],
    } as Job;
    const grownBatch = { ...batch, ...added, items: { intro: { ...batch.items.intro, ...added } } } as Batch;
    const line = {
      id: "a",
      uid: "b",
      type: "grant",
      credits: 1,
      jobId: null,
      at: 1,
      note: "c",
      ...added,
    } as const;
    const written = [
      jobConverter.toFirestore(toJobDocument(grown, "commit-1")),
      batchConverter.toFirestore(toBatchDocument(grownBatch, "commit-1")),
      ledgerConverter.toFirestore(line),
      attemptConverter.toFirestore(toAttemptDocument({ ...attempt, ...added }, 1)),
    ];
    expect(JSON.stringify(written)).not.toContain("added");
  });
});

describe("the documents of a job", () => {
  it("give back every job as it was, whatever has happened to it", () => {
    forAnyHistory(({ end }) => expect(readBack(end)).toEqual(end));
    expect(readBack(job)).toEqual(job);
  });

  it("say which field of a job cannot be read", () => {
    const [document, attempts] = [toJobDocument(job, "commit-1"), [toAttemptDocument(attempt, 1)]];
    expect(() => toJob({ ...document, heldCredits: "many" }, attempts)).toThrow(/heldCredits/);
  });
});

/** Through both converters, as if it had been stored. */
function readBack(stored: Job): Job {
  const attempts = stored.attempts.map((one) => attemptConverter.toFirestore(toAttemptDocument(one, 1)));
  return toJob(
    jobEnvelope.parse(jobConverter.toFirestore(toJobDocument(stored, "commit-1"))),
    attempts.map((one) => attemptEnvelope.parse(one)),
  );
}

describe("what is private of an attempt", () => {
  it("is written whole, with the version of its job", () => {
    const written = attemptConverter.toFirestore(toAttemptDocument(attempt, 4));
    expect(written).toEqual({ ...attempt, jobVersion: 4 });
  });
});

function under(parent: string, keys: readonly string[]): string[] {
  return keys.map((key) => `${parent}.${key}`);
}

/** The path of every value in a document; `[]` stands for whatever place in a list. */
function keysOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return unique(value.flatMap((item) => keysOf(item, `${path}[]`)));
  if (typeof value !== "object" || value === null) return [path];
  return unique(
    Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path === "" ? key : `${path}.${key}`)),
  );
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort();
}
