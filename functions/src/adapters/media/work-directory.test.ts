import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sweepWorkDirectories, withWorkDirectory } from "./work-directory.js";

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "work-test-"));
});

afterEach(() => rm(parent, { recursive: true }));

const host = hostname().replace(/[^A-Za-z0-9]/g, "_");
const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
/** A process that has ended by now. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

async function leave(name: string, ageHours = 0): Promise<void> {
  const path = join(parent, name);
  await mkdir(path);
  await writeFile(join(path, "source0.mp4"), "bytes");
  const then = new Date(Date.now() - ageHours * 3_600_000);
  await utimes(path, then, then);
}

describe("what a killed process left in the work directory", () => {
  it.each([
    ["of a process that is dead", () => `reelay-convert-${host}-${deadPid()}-${id}`, 0, false],
    ["of a predecessor with our process id", () => `reelay-convert-${host}-${process.pid}-${id}`, 0, false],
    ["of a process that lives", () => `reelay-convert-${host}-${process.ppid}-${id}`, 0, true],
    ["of another machine", () => `reelay-convert-elsewhere-${deadPid()}-${id}`, 0, true],
    ["of another machine, a day ago", () => `reelay-convert-elsewhere-1-${id}`, 25, false],
    ["under a name of an earlier version", () => "reelay-convert-aB3xYz", 1, true],
    ["under such a name, a day ago", () => "reelay-convert-aB3xYz", 25, false],
    ["of another program", () => `other-${host}-${deadPid()}-${id}`, 25, true],
  ])("%s", async (_what, name, ageHours, stays) => {
    const folder = name();
    await leave(folder, ageHours);
    await sweepWorkDirectories(parent);
    expect(await readdir(parent)).toEqual(stays ? [folder] : []);
  });

  it("is gone when the next work begins, and what is worked in stays", async () => {
    await leave(`reelay-convert-${host}-${deadPid()}-${id}`);
    await withWorkDirectory(parent, async (directory) => {
      await writeFile(join(directory, "source0.mp4"), "bytes");
      await sweepWorkDirectories(parent);
      await withWorkDirectory(parent, async (other) => {
        expect((await readdir(parent)).map((name) => join(parent, name)).sort()).toEqual(
          [directory, other].sort(),
        );
      });
      expect(await readdir(directory)).toEqual(["source0.mp4"]);
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it("is no trouble where there is no such directory", async () => {
    await expect(sweepWorkDirectories(join(parent, "none"))).resolves.toBeUndefined();
  });
});
