import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readConfiguration } from "./configuration.js";
import { findProgram } from "./program.js";

let directory: string;
let program: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "programs-"));
  for (const name of ["empty", "readable", "folder", "good"]) await mkdir(join(directory, name));
  await writeFile(join(directory, "readable", "ffmpeg"), "not executable");
  await mkdir(join(directory, "folder", "ffmpeg"));
  program = join(directory, "good", "ffmpeg");
  await writeFile(program, "#!/bin/sh\n");
  await chmod(program, 0o755);
});

afterAll(() => rm(directory, { recursive: true }));

const searchPath = () =>
  ["empty", "readable", "folder", "good"].map((name) => join(directory, name)).join(delimiter);

describe("looking for a program", () => {
  it("takes the first executable file in the search path", () => {
    expect(findProgram("ffmpeg", searchPath())).toBe(program);
  });

  it("finds nothing where there is none, and never looks where it happens to stand", () => {
    expect(findProgram("ffmpeg", join(directory, "readable"))).toBeNull();
    expect(findProgram("ffmpeg", `.${delimiter}`)).toBeNull();
  });
});

describe("the converter of an installation", () => {
  const least = {
    FIREBASE_CONFIG: JSON.stringify({ projectId: "demo-reelay", storageBucket: "demo-reelay.appspot.com" }),
    RUNWAYML_API_SECRET: "key",
  };
  const chosen = (environment: Record<string, string>) => {
    const { ffmpegPath, transcoderLocation } = readConfiguration({ ...least, ...environment });
    return { ffmpegPath, transcoderLocation };
  };

  it("is none where nothing is set and nothing is there", () => {
    expect(chosen({ PATH: "" })).toEqual({ ffmpegPath: null, transcoderLocation: null });
  });

  it("is the ffmpeg on the search path, unless something else is named", () => {
    expect(chosen({ PATH: searchPath() })).toEqual({ ffmpegPath: program, transcoderLocation: null });
    expect(chosen({ PATH: searchPath(), TRANSCODER_LOCATION: "europe-west1" })).toEqual({
      ffmpegPath: null,
      transcoderLocation: "europe-west1",
    });
    expect(chosen({ FFMPEG_PATH: program })).toMatchObject({ ffmpegPath: program });
  });

  it("is refused when it is named and not there", () => {
    expect(() => chosen({ FFMPEG_PATH: join(directory, "none") })).toThrow("FFMPEG_PATH must be the path");
    expect(() => chosen({ TRANSCODER_LOCATION: "Europe" })).toThrow("TRANSCODER_LOCATION must be a region");
  });
});
