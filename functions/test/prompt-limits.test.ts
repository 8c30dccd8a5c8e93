import { describe, expect, it } from "@jest/globals";
import { type ModeName, modeNames, type TextLimit, textLength } from "../src/domain/provider/model.js";
import { requestLimits } from "../src/domain/request/request.js";
import { buildCatalogue, vendors } from "../src/providers/index.js";
import { caller, createWorld, type World } from "./engine/world.js";

const catalogue = buildCatalogue(vendors, new Set(vendors.map(({ id }) => id)));
const image = "https://images.example.com/a.png";
/** One, two and four bytes; the last is two units of UTF-16 and one code point. */
const letters = ["x", "é", "🛶"];
/** What a script is spoken by is not measured as a prompt is, and a picture alone is no video. */
const shown: readonly ModeName[] = modeNames.filter((mode) => ["text", "image", "frames"].includes(mode));
const requests: Readonly<Record<string, object>> = {
  text: { kind: "text" },
  image: { kind: "image", image },
  frames: { kind: "frames", firstFrame: image, lastFrame: image },
};

interface Row {
  readonly model: string;
  readonly mode: ModeName;
  readonly limit: TextLimit;
}

/** Every limit that a vendor has, in each of the modes in which it shows what a prompt says. */
const all: readonly Row[] = catalogue.entries.flatMap(({ model }) =>
  shown.flatMap((mode) => {
    const limit = model.modes[mode]?.textLimit;
    return limit === undefined ? [] : [{ model: model.id, mode, limit }];
  }),
);

const submit = (world: World, { model, mode }: Row, prompt: string) =>
  world.submit({ ...requests[mode], prompt, providers: { only: [model] } });

/** Rows that are served today: others are refused whatever the prompt is. */
const rows: Row[] = [];
for (const row of all) {
  const isServed = await submit(createWorld(), row, "A paper boat").then(
    () => true,
    () => false,
  );
  if (isServed) rows.push(row);
}

/** Letters up to a length in the unit of a limit, as far as whole ones go. */
function filled(letter: string, { max, unit }: TextLimit): string {
  return letter.repeat(Math.floor(max / textLength(letter, unit)));
}

describe("a prompt at the limit of a vendor, in the vendor's own unit", () => {
  it.each(rows.map((row) => [row.model, row.mode, row] as const))(
    "is taken, and one letter more is refused by name and holds nothing: %s, %s",
    async (_model, _mode, row) => {
      const world = createWorld({ credits: 100_000 });
      for (const letter of letters) {
        const longest = filled(letter, row.limit);
        // Where our own limit is the lower one, that refuses.
        const isOurs = longest.length + letter.length > requestLimits.prompt;
        if (longest.length <= requestLimits.prompt)
          expect((await submit(world, row, longest)).status).toBe("queued");
        const before = await world.deps.credits.account(caller.uid);
        await expect(submit(world, row, `${longest}${letter}`)).rejects.toMatchObject({
          code: "invalid_argument",
          message: expect.stringMatching(isOurs ? /^prompt: must be at most 4000/ : /^prompt: No model/),
        });
        expect(await world.deps.credits.account(caller.uid)).toEqual(before);
      }
      expect(world.paidStarts()).toEqual([]);
    },
  );

  it("is tried for every vendor that shows what a prompt says, and for nearly all of its limits", () => {
    const vendorsOf = (some: readonly Row[]) => new Set(some.map(({ model }) => model.split(":")[0]));
    expect(vendorsOf(rows)).toEqual(vendorsOf(all));
    expect(rows.length).toBeGreaterThan(0.75 * all.length);
  });
});
