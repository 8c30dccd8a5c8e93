import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkInputSize, type InputLimits, sizeProblem } from "./input-size.js";

const limits: InputLimits = { bytes: 2_048, values: 10, depth: 3 };

describe("the size of an input", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 12],
    ["as many fields as are allowed", Object.fromEntries([...Array(10).keys()].map((key) => [`f${key}`, 1]))],
    ["as many levels as are allowed", { a: [{ b: 1 }] }],
    ["as many bytes as are allowed", { a: "x".repeat(2_047) }],
  ])("allows %s", (_name, input) => {
    expect(sizeProblem(input, limits)).toBeNull();
  });

  it.each([
    ["the body", {}, 2_049, "at most 2 KB long"],
    ["a text", { a: "x".repeat(2_048) }, 0, "at most 2 KB long"],
    ["a text in UTF-8", { a: "é".repeat(1_024) }, 0, "at most 2 KB long"],
    ["a name", { ["x".repeat(2_049)]: 1 }, 0, "at most 2 KB long"],
    [
      "many names",
      Object.fromEntries([...Array(11).keys()].map((key) => [`f${key}`, 1])),
      0,
      "at most 10 fields",
    ],
    ["a list", [...Array(11).keys()], 0, "at most 10 fields and list items"],
    ["a nest", { a: { b: { c: {} } } }, 0, "at most 3 levels deep"],
    ["a nest of lists", [[[[]]]], 0, "at most 3 levels deep"],
    ["many fields on several levels", { a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] }, 0, "at most 10 fields"],
  ])("refuses %s that is too large and names the limit", (_name, input, bodyBytes, message) => {
    expect(sizeProblem(input, limits, bodyBytes)).toContain(message);
    expect(() => checkInputSize(input, limits, bodyBytes)).toThrow(
      expect.objectContaining({ code: "invalid_argument", message: expect.stringContaining(message) }),
    );
  });

  it("looks at no more than it allows, however much there is", () => {
    let looks = 0;
    const watched = new Proxy(
      Object.fromEntries([...Array(100_000).keys()].map((key) => [`metadata${key}`, "x"])),
      {
        get(target, name) {
          looks += 1;
          return Reflect.get(target, name);
        },
      },
    );
    expect(sizeProblem(watched, limits)).toContain("fields");
    expect(looks).toBeLessThanOrEqual(limits.values);
  });

  it("survives what is deeper than a stack, and has a member called like a prototype", () => {
    const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
    expect(sizeProblem(deep, limits)).toContain("levels deep");
    expect(sizeProblem(JSON.parse('{"__proto__":{"a":{"b":{"c":1}}}}'), limits)).toContain("levels deep");
  });

  it("refuses what has members of a prototype, which would not be counted and yet be read", () => {
    const wide = Object.fromEntries([...Array(100_000).keys()].map((key) => [`f${key}`, "x"]));
    for (const prototype of [wide, { audio: true }, []]) {
      expect(sizeProblem(Object.create(prototype), limits)).toContain("__proto__");
      expect(sizeProblem({ metadata: [Object.create(prototype)] }, limits)).toContain("__proto__");
    }
    expect(sizeProblem(Object.create(null), limits)).toBeNull();
  });

  it("answers any JSON in a sentence that does not grow with it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (input) => {
        const problem = sizeProblem(input, { bytes: 20, values: 3, depth: 2 });
        expect((problem ?? "").length).toBeLessThan(150);
      }),
    );
  });
});
