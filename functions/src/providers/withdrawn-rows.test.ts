import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { ModeName, ProviderModel } from "../domain/provider/model.js";
import { requestShapes } from "./runware/mapping.js";
import { models as runwareModels } from "./runware/models.js";
import { runway } from "./runway/index.js";
import { models as runwayModels } from "./runway/models.js";

/**
 * A vendor withdraws models, sizes and presets. Its official client lists what it sells, so an update
 * of that client, which is a development dependency, names each row of ours that is sold no more.
 */
const require = createRequire(import.meta.url);

function declarations(entry: string, file: string): string {
  return readFileSync(join(dirname(require.resolve(entry)), file), "utf8");
}

/** The declaration of one model's body: from its name to that of the next. */
function bodyOf(model: string, types: string): string | undefined {
  const parts = types.split(/(?=^ {8}model: )/m);
  const index = parts.findIndex((part) => part.startsWith(`        model: '${model}'`));
  if (index < 0) return undefined;
  // Fields are in the order of the alphabet, so some of them stand before the name.
  const before = parts[index - 1] ?? "";
  return before.slice(before.lastIndexOf("interface ")) + parts[index];
}

const runwayFiles: Readonly<Partial<Record<ModeName, string>>> = {
  text: "text-to-video.d.ts",
  image: "image-to-video.d.ts",
  frames: "image-to-video.d.ts",
  still: "text-to-image.d.ts",
};

function runwayTypes(file: string): string {
  return declarations("@runwayml/sdk", join("resources", file));
}

describe("what Runway's official client still sells", () => {
  const rows = runwayModels.flatMap((model: ProviderModel) =>
    Object.entries(model.modes).flatMap(([mode, capability]) => {
      const file = runwayFiles[mode as ModeName];
      return file === undefined || capability === undefined ? [] : [{ model, mode, file, capability }];
    }),
  );

  it.each(rows.map((row) => [row.model.name, row.mode, row] as const))(
    "has %s for %s, with every size of its row",
    (name, _, { file, capability }) => {
      const body = bodyOf(name, runwayTypes(file));
      if (body === undefined) throw new Error(`${name} is not in ${file}: it is sold no more`);
      const ratios = new Set([...body.matchAll(/'(\d+:\d+)'/g)].map(([, ratio]) => ratio));
      const gone = capability.sizes
        .map(({ width, height }) => `${width}:${height}`)
        .filter((ratio) => !ratios.has(ratio));
      expect({ name, gone }).toEqual({ name, gone: [] });
    },
  );

  it("has the avatars of our rows, and the presets of our defaults", () => {
    const types = runwayTypes("avatar-videos.d.ts");
    expect(types).toContain("model: 'gwm1_avatars'");
    for (const { default: preset } of Object.values(runway.settings)) {
      expect(types).toContain(`'${preset}'`);
    }
  });

  it("is read by this test: a name that never was is told as withdrawn", () => {
    expect(bodyOf("gen9", runwayTypes("text-to-video.d.ts"))).toBeUndefined();
    expect(bodyOf("gen4_turbo", runwayTypes("image-to-video.d.ts"))).not.toContain("'1234:567'");
  });
});

describe("what Runware's official client knows", () => {
  const types = declarations("@runware/sdk-js", "index.d.ts");

  // It types models as plain text and lists none of them. Should a later one list them, this fails.
  it("is no model by its id, so that rows can only be held against it field by field", () => {
    expect(types.match(/"[a-z]+:[\w.@-]+@[\w.-]+"/g)).toBeNull();
  });

  it.each(runwareModels.filter((row) => row.name in requestShapes).map((row) => [row.name, row] as const))(
    "has the fields that %s is sent",
    (name, row) => {
      const isVideo = row.medium === "video";
      const request = declarationOf(isVideo ? "IRequestVideo" : "IRequestImage");
      const fields = ["model", "positivePrompt", "outputType", "outputFormat", "includeCost"];
      const sized = requestShapes[name]?.size ?? {};
      const modes = Object.keys(row.modes) as ModeName[];
      if (modes.some((mode) => (sized[mode] ?? "pixels") === "pixels")) fields.push("width", "height");
      if (isVideo) fields.push("duration", "deliveryMethod");
      const unknown = fields.filter((field) => !new RegExp(`\\b${field}\\??:`).test(request));
      expect({ name, unknown }).toEqual({ name, unknown: [] });
    },
  );

  /** An interface with those that it extends. */
  function declarationOf(name: string): string {
    const start = types.search(new RegExp(`interface ${name}\\b`));
    if (start < 0) throw new Error(`${name} is not in the client's types`);
    const text = types.slice(start, types.indexOf("\n}", start));
    const parents = /extends ([\w, ]+)/.exec(text.split("{", 1)[0] ?? "")?.[1]?.split(/, */) ?? [];
    return [text, ...parents.map((parent) => declarationOf(parent.trim()))].join("\n");
  }
});
