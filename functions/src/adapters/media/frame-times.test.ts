import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { toFrameTimes } from "./frame-times.js";
import { timesProblem } from "./join-parts.js";

const head = "#software: Lavf59.27.100\n#tb 0: 1/12288\n#media_type 0: video\n";

describe("the list of packets that ffmpeg writes", () => {
  it("tells when frames are shown, in their order, whatever the order in which they are stored", () => {
    const list = `${head}0, -1024, 0, 512, 752, 0xdec7\n0, -512, 1024, 512, 80, 0x3cea, F=0x0\n0, 0, 512, 512, 97, 0x782e, F=0x0\n`;
    expect(toFrameTimes(list)).toEqual({
      startsSeconds: [0, 512 / 12_288, 1_024 / 12_288],
      endSeconds: 1_536 / 12_288,
      hasHidden: false,
    });
  });

  it("leaves out what an edit list hides, and tells that there is such", () => {
    const list = `${head}0, 0, 0, 512, 752, 0xdec7\n0, 512, 512, 512, 80, 0x3cea, F=0x5\n1, 0, 0, 1024, 142, 0x0e1f\n`;
    expect(toFrameTimes(list)).toMatchObject({ startsSeconds: [0], hasHidden: true });
  });

  it.each(["", head, "0, 0, 0, 512, 752, 0xdec7\n", `${head}0, NOPTS, NOPTS, 0, 5, 0xdec7\n`])(
    "that tells no times is not taken: %j",
    (list) => {
      expect(() => toFrameTimes(list)).toThrow("no frame");
    },
  );
});

const part = (count: number, rate: number, from = 0, repeatsFrame = false) => ({
  times: {
    startsSeconds: Array.from({ length: count }, (_, index) => from + index / rate),
    endSeconds: from + count / rate,
    hasHidden: false,
  },
  repeatsFrame,
});
const starts = (...times: readonly number[]) => ({ startsSeconds: times });

describe("the frames of a joined file", () => {
  it.each([
    ["all there", starts(0, 0.5, 1, 1.25), null],
    [
      "the second part at the time of the first",
      starts(0, 0.5, 0.5, 0.75),
      "frame 3 at 0.500 instead of 1.000 s",
    ],
    [
      "as long as they should be, but played in an instant",
      starts(0, 0.5, 1, 1.01),
      "frame 4 at 1.010 instead of 1.250 s",
    ],
    ["one missing", starts(0, 0.5, 1), "frame 4 at nowhere instead of 1.250 s"],
    ["one too much", starts(0, 0.5, 1, 1.25, 1.5), "1 frames too many"],
  ])("are %s", (_what, made, problem) => {
    expect(timesProblem([part(2, 2), part(2, 4, 0.08)], made)).toBe(problem);
  });

  it("begin with the second of a part that repeats one", () => {
    expect(timesProblem([part(2, 2), part(3, 2, 0, true)], starts(0, 0.5, 1, 1.5))).toBeNull();
  });

  it("are right when each part begins where the pictures before it end, and never when one is moved", () => {
    const anyPart = fc.record({
      count: fc.integer({ min: 1, max: 20 }),
      rate: fc.constantFrom(12, 24, 25, 30, 60),
    });
    fc.assert(
      fc.property(fc.array(anyPart, { minLength: 1, maxLength: 6 }), fc.nat(), (shapes, chosen) => {
        let from = 0;
        const made: number[] = [];
        for (const { count, rate } of shapes) {
          made.push(...Array.from({ length: count }, (_, index) => from + index / rate));
          from += count / rate;
        }
        const parts = shapes.map(({ count, rate }) => part(count, rate));
        expect(timesProblem(parts, starts(...made))).toBeNull();
        const moved = made.map((seconds, index) =>
          index === chosen % made.length ? seconds + 0.01 : seconds,
        );
        expect(timesProblem(parts, starts(...moved))).not.toBeNull();
      }),
    );
  });
});
