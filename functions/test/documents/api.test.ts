import { readdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "@jest/globals";
import { errorPolicies, RequestError } from "../../src/domain/errors.js";
import { batchSizeLimits, callSizeLimits } from "../../src/domain/request/input-size.js";
import { presetNames, presetValues } from "../../src/domain/request/presets.js";
import { common, videoRequestSchema } from "../../src/domain/request/request.js";
import { sceneInputSchema } from "../../src/domain/request/scene.js";
import { toHttpsError } from "../../src/entrypoints/callables/http-errors.js";
import { useRuntime } from "../../src/entrypoints/config/runtime.js";
import { createWorld } from "../engine/world.js";
import { createClips, createSceneVideo, createVideo, endTests, getVideo } from "../entrypoints/callables.js";
import { call } from "../entrypoints/calls.js";
import { codeIn, readPage, readSource, tablesTitled } from "./markdown.js";

const page = readPage("api.md");
const exported = [...readSource("index.ts").matchAll(/export \{([^}]*)\}/g)]
  .flatMap(([, names = ""]) => names.split(","))
  .map((name) => name.trim())
  .filter((name) => name !== "");
const silent = { info: () => {}, warn: () => {}, error: () => {} };

afterAll(() => endTests());

/** All that the first column of these tables names. */
function named(title: string): string[] {
  return tablesTitled(page, title).flatMap(({ rows }) => rows.flatMap(([first]) => codeIn(first)));
}

describe("the page about the API", () => {
  it("describes every exported function once, and none that is not exported", () => {
    expect(exported.length).toBeGreaterThan(0);
    expect(named("function").sort()).toEqual([...exported].sort());
  });

  it("is not contradicted by another page that names a callable for administrators", () => {
    const pages = readdirSync(new URL("../../../docs", import.meta.url)).filter((name) =>
      name.endsWith(".md"),
    );
    const spoken = pages.flatMap((name) => readPage(name).match(/\badmin[A-Z]\w+/g) ?? []);
    expect([...new Set(spoken)].filter((name) => !exported.includes(name))).toEqual([]);
  });

  it("names every field of a request, and the kinds that have it", () => {
    const kinds = videoRequestSchema.options.map((schema) => ({
      kind: schema.shape.kind.value,
      fields: Object.keys(schema.shape),
    }));
    const documented = tablesTitled(page, "field")
      .filter(({ heading }) => heading === "The request")
      .flatMap(({ rows }) => rows.map(([fields, of = ""]) => ({ fields: codeIn(fields), of })));
    for (const { kind, fields } of kinds) {
      const told = documented.filter(({ of }) => of === "all" || of.split(", ").includes(kind));
      expect({ kind, fields: told.flatMap((row) => row.fields).sort() }).toEqual({
        kind,
        fields: [...fields].sort(),
      });
    }
  });

  it("tells how large the body of a call may be", () => {
    const [table] = tablesTitled(page, "calls");
    const told = (table?.rows ?? []).map(([, ...limits]) =>
      limits.map((limit) => Number(limit.replaceAll(",", ""))),
    );
    const limits = [batchSizeLimits, callSizeLimits].map(({ bytes, values, depth }) => [
      bytes,
      values,
      depth,
    ]);
    expect(told).toEqual(limits);
    const large = readSource("entrypoints/callables/batches.ts").matchAll(
      /export const (\w+) = callable\(\{[^;]*sizeLimits: batchSizeLimits/g,
    );
    expect(codeIn(table?.rows[0]?.[0])).toEqual([...large].map(([, name]) => name));
  });

  it("tells what every preset stands for", () => {
    const [table] = tablesTitled(page, "preset");
    const told = (table?.rows ?? []).map(([name, ...values]) => [codeIn(name)[0], ...values]);
    const known = presetNames.map((name) => {
      const { aspectRatio, resolution, durationSeconds, strategy, output } = presetValues(name, "text");
      return [name, aspectRatio, resolution, String(durationSeconds), strategy, String(output?.bitrateKbps)];
    });
    expect(told).toEqual(known);
  });

  it("names every field of a scene", () => {
    const { scene, scenario, ...rest } = sceneInputSchema.shape;
    const fields = [
      ...Object.keys(rest).filter((field) => !Object.hasOwn(common, field)),
      ...Object.keys(scene.shape).map((field) => `scene.${field}`),
      ...Object.keys(scenario.unwrap().shape).map((field) => `scenario.${field}`),
    ];
    expect(named("scene field").sort()).toEqual(fields.sort());
  });

  it("names every field of the view of a video", async () => {
    const world = createWorld();
    useRuntime(world.deps);
    const { jobId } = await createVideo(call({ kind: "text", prompt: "A paper boat" }, "ada"));
    const view = await getVideo(call({ jobId }, "ada"));
    const told = tablesTitled(page, "field")
      .filter(({ heading }) => heading === "The view of a video")
      .flatMap(({ rows }) => rows.flatMap(([first]) => codeIn(first)));
    expect(told.sort()).toEqual(Object.keys(view).sort());
  });

  it("tells of every error code what a client sees, for calls and for videos", () => {
    const codes = Object.entries(errorPolicies).map(([code, { fault, retryable }]) => ({
      code,
      https: toHttpsError(new RequestError(code as keyof typeof errorPolicies, ""), silent).code,
      fault,
      retryable: retryable ? "yes" : "no",
    }));
    const told = [
      ...tablesTitled(page, "reason").flatMap(({ rows }) =>
        rows.map(([reason, https, fault, retryable]) => ({
          code: codeIn(reason)[0]?.toLowerCase(),
          https,
          fault,
          retryable,
        })),
      ),
      ...tablesTitled(page, "error code").flatMap(({ rows }) =>
        rows.map(([code, fault, retryable]) => ({ code: codeIn(code)[0], fault, retryable })),
      ),
    ];
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(codes.map(({ code }) => code)));
    for (const row of told) expect(codes).toContainEqual(expect.objectContaining(row));
  });

  it("names every other reason that a call can be refused with", () => {
    const callables = readdirSync(new URL("../../src/entrypoints/callables", import.meta.url))
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readSource(`entrypoints/callables/${name}`))
      .join("\n");
    const reasons = [...callables.matchAll(/(?:preconditionError\(|reason: )"([A-Z_]+)"/g)];
    expect(new Set(named("other reason"))).toEqual(new Set(reasons.map(([, reason]) => reason)));
  });

  it("shows for every example what the function really answers", async () => {
    const world = createWorld();
    useRuntime(world.deps);
    const functions = { createVideo, createSceneVideo, createClips };
    const block = "\\n\\n```json\\n([\\s\\S]*?)```";
    const pattern = new RegExp(`^Call \`(\\w+)\` with:${block}\\n\\nAnswer(, shortened)?:${block}`, "gm");
    const examples = [...page.matchAll(pattern)];
    expect(examples.map(([, name]) => name)).toEqual(Object.keys(functions));
    for (const [, name, input = "", shortened, answer = ""] of examples) {
      const given = await functions[name as keyof typeof functions](call(JSON.parse(input), "ada"));
      const told = JSON.parse(answer);
      if (shortened === undefined) expect(given).toEqual(told);
      else expect(given).toMatchObject(told);
    }
  });
});
