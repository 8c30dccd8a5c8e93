import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Firestore, Timestamp } from "firebase-admin/firestore";
import { describedFileUrl } from "../simulation/kit/described-files.js";
import { statementProblems } from "../src/domain/accounting/credits.js";
import { isTerminal } from "../src/domain/job/job.js";
import { taskSchemas } from "../src/domain/job/tasks.js";
import type { GenerationPlan, VideoProvider } from "../src/domain/provider/provider.js";
import type { MediaType, StoredObject } from "../src/engine/ports/media-store.js";
import { openFirestoreBench } from "./contract/fixtures/firestore-bench.js";
import { createWorld, type World } from "./engine/world.js";
import { firestoreAdapters } from "./protocol/places.js";

/** Documents, files and queued tasks at one moment, as version 0.1.0 wrote them (2026-11-30). */
interface Story {
  readonly name: string;
  readonly now: number;
  readonly jobIds: readonly string[];
  readonly expectEnd: string;
  readonly tasks: readonly {
    readonly name: string;
    readonly task: { readonly type: "start" | "poll" | "store" };
    readonly dueAt: number;
  }[];
  readonly files: readonly (StoredObject & { readonly base64: string })[];
  readonly documents: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const stories = readFileSync(new URL("./upgrade/stories.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Story);

const emulator = await openFirestoreBench("demo-upgrade");
const onEmulator = typeof emulator === "string" ? describe.skip : describe;

afterAll(async () => {
  if (typeof emulator !== "string") await emulator.close();
});

onEmulator("what the version before left behind", () => {
  const { db, clear } = emulator as Exclude<typeof emulator, string>;

  beforeEach(() => clear());

  it.each(stories)("is carried to its end: $name", async (story) => {
    await writeDocuments(db, story);
    const world = createWorld({ adapters: firestoreAdapters(db, 1_000), wrap: knowing(story) });
    world.advance((story.now - world.now()) / 1_000);
    await putBack(world, story);

    for (let minutes = 0; minutes < 130 && !(await haveEnded(world, story)); minutes += 1)
      await world.run(60);

    for (const id of story.jobIds) {
      expect(await world.job(id)).toMatchObject({ status: story.expectEnd, outbox: [], heldCredits: 0 });
    }
    const statements = await world.deps.credits.statements(10, null);
    expect(statements.flatMap(statementProblems)).toEqual([]);
  });

  it.each(stories)("is carried to its end when its tasks are lost as well: $name", async (story) => {
    await writeDocuments(db, story);
    const world = createWorld({ adapters: firestoreAdapters(db, 1_000), wrap: knowing(story) });
    world.advance((story.now - world.now()) / 1_000);
    await putBack(world, { ...story, tasks: [] });

    for (let minutes = 0; minutes < 130 && !(await haveEnded(world, story)); minutes += 1)
      await world.run(60);

    for (const id of story.jobIds) {
      expect(await world.job(id)).toMatchObject({ status: story.expectEnd, outbox: [], heldCredits: 0 });
    }
  });
});

async function haveEnded(world: World, { jobIds }: Story): Promise<boolean> {
  const jobs = await Promise.all(jobIds.map((id) => world.job(id)));
  return jobs.every((job) => isTerminal(job) && job.outbox.length === 0);
}

async function writeDocuments(db: Firestore, { documents }: Story): Promise<void> {
  const batch = db.batch();
  for (const [path, fields] of Object.entries(documents)) {
    batch.set(db.doc(path), withTimestamps(fields) as Record<string, unknown>);
  }
  await batch.commit();
}

function withTimestamps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimestamps);
  if (typeof value !== "object" || value === null) return value;
  if ("__timestampMs" in value) return Timestamp.fromMillis(Number(value.__timestampMs));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTimestamps(one)]));
}

async function putBack({ deps, queue }: World, { files, tasks }: Story): Promise<void> {
  for (const { path, base64, contentType: type, metadata } of files) {
    const source = Readable.from([Buffer.from(base64, "base64")]);
    const contentType = type as MediaType;
    await deps.media.write(path, source, { contentType, metadata, maxBytes: 1e9, public: false });
  }
  for (const { name, task, dueAt } of tasks)
    await queue.enqueue(name, taskSchemas[task.type].parse(task), dueAt);
}

/** The providers of the world, which know the generations of a story and have finished them by now. */
function knowing({ documents }: Story): (provider: VideoProvider) => VideoProvider {
  const plans = new Map<string, GenerationPlan>();
  for (const { operation, plan } of Object.values(documents)) {
    if (operation != null) plans.set(JSON.stringify(operation), plan as GenerationPlan);
  }
  return (provider) => ({
    ...provider,
    async status(operation) {
      const plan = plans.get(JSON.stringify(operation));
      if (plan === undefined) return provider.status(operation);
      const { size, durationSeconds, audio, mode } = plan;
      const medium = mode === "still" ? ("image" as const) : ("video" as const);
      const file = { ...size, durationSeconds, audio, medium };
      const outputUrl = describedFileUrl({ ...file, vendor: provider.id, model: plan.model, id: "before" });
      return { status: "succeeded", outputUrl };
    },
  });
}
