import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { textMode } from "../__fixtures__/models.js";
import type { Mode, TextLimit } from "../provider/model.js";
import { parseRequest } from "../request/request.js";
import { buildPrompt } from "./prompt.js";
import { scorePrompt } from "./score.js";

interface GoldenPrompt {
  readonly name: string;
  readonly request: Record<string, unknown>;
  readonly limit?: TextLimit;
  readonly negativePrompt?: boolean;
  readonly text: string;
  readonly leftOut: readonly string[];
  readonly score: number;
}

const file = join(process.cwd(), "src/domain/prompt/__fixtures__/golden-prompts.json");
const golden: readonly GoldenPrompt[] = JSON.parse(readFileSync(file, "utf8"));

describe("the golden prompts", () => {
  it.each(golden)("$name", ({ request: input, limit, negativePrompt, text, leftOut, score }) => {
    const request = parseRequest({ kind: "text", ...input });
    const mode: Mode = {
      ...textMode,
      ...(limit === undefined ? {} : { textLimit: limit }),
      ...(negativePrompt === undefined ? {} : { negativePrompt }),
    };
    const built = buildPrompt(request, mode);
    expect(built.text).toBe(text);
    expect(built.leftOut.map((part) => `${part.field}, ${part.reason}: ${part.text}`)).toEqual(leftOut);
    expect(scorePrompt(request).score).toBe(score);
  });
});
