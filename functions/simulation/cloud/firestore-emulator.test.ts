import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findFirestoreJars, startFirestoreEmulator } from "./firestore-emulator.js";

const rules = `rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /open/{id} { allow read, write: if true; }
  }
}
`;

let directory: string;
let rulesFile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "firestore-"));
  rulesFile = join(directory, "firestore.rules");
  await writeFile(rulesFile, rules);
});

afterAll(() => rm(directory, { recursive: true }));

describe("looking for a Firestore emulator", () => {
  it("takes the named JAR and no other", () => {
    expect(findFirestoreJars({ FIRESTORE_EMULATOR_JAR: "/a/b.jar" })).toEqual(["/a/b.jar"]);
  });

  it("prefers the newest JAR of firebase-tools, by number and not by letter", async () => {
    const cache = join(directory, "emulators");
    await mkdir(cache);
    for (const version of ["1.9.2", "1.19.9", "1.19.10"]) {
      await writeFile(join(cache, `cloud-firestore-emulator-v${version}.jar`), "");
    }
    const found = findFirestoreJars({ FIREBASE_EMULATORS_PATH: cache });
    expect(found.slice(0, 3).map((path) => path.replace(/^.*-v/, ""))).toEqual([
      "1.19.10.jar",
      "1.19.9.jar",
      "1.9.2.jar",
    ]);
  });

  it("finds the Cloud SDK through the gcloud command on PATH", async () => {
    const root = join(directory, "sdk");
    const jar = join(root, "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar");
    await mkdir(join(root, "bin"), { recursive: true });
    await mkdir(join(jar, ".."), { recursive: true });
    await writeFile(join(root, "bin/gcloud"), "");
    await writeFile(jar, "");
    expect(findFirestoreJars({ PATH: join(root, "bin") })).toContain(jar);
  });
});

describe("starting the Firestore emulator", () => {
  it("says that NO_JAVA switches it off", async () => {
    expect(await startFirestoreEmulator({ rulesFile, environment: { NO_JAVA: "1" } })).toEqual({
      status: "unavailable",
      reason: "the Firestore emulator is switched off by NO_JAVA=1",
    });
  });

  it("says which rules file is missing", async () => {
    const start = await startFirestoreEmulator({
      rulesFile: "/nowhere/firestore.rules",
      environment: { PATH: process.env.PATH },
    });
    expect(start).toMatchObject({ reason: expect.stringContaining("/nowhere/firestore.rules") });
  });

  it("says that a named JAR does not exist", async () => {
    const environment = { FIRESTORE_EMULATOR_JAR: "/nowhere/firestore.jar" };
    const start = await startFirestoreEmulator({ rulesFile, environment });
    expect(start).toMatchObject({ reason: expect.stringMatching(/firestore.jar does not exist|needs Java/) });
  });

  it("gives the last words of a JAR that does not start", async () => {
    const jar = join(directory, "broken.jar");
    await writeFile(jar, "no archive");
    const start = await startFirestoreEmulator({ rulesFile, environment: { FIRESTORE_EMULATOR_JAR: jar } });
    expect(start.status).toBe("unavailable");
    // Without Java at all the reason is that one.
    expect(start).toMatchObject({ reason: expect.stringMatching(/did not start: .+|needs Java/) });
  }, 180_000);

  it("serves every project id under the rules, and is gone after stop", async () => {
    const start = await startFirestoreEmulator({ rulesFile });
    if (start.status === "unavailable") {
      process.stderr.write(`skipped: ${start.reason}\n`);
      return;
    }
    const { host, port, stop } = start.emulator;
    const create = (project: string, collection: string) =>
      fetch(`http://${host}:${port}/v1/projects/${project}/databases/(default)/documents/${collection}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"fields":{}}',
      }).then((response) => response.status);
    const statuses = [
      await create("demo-one", "open"),
      await create("demo-two", "open"),
      await create("demo-two", "closed"),
    ];
    await stop();
    expect(statuses).toEqual([200, 200, 403]);
    await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow();
    await stop();
  }, 180_000);
});
