import { describe, expect, it } from "@jest/globals";
import { wrapText } from "./picture.js";

describe("wrapping a text", () => {
  it("leaves a text that fits alone", () => {
    expect(wrapText("gen4.5", 6)).toEqual(["gen4.5"]);
  });

  it("keeps the groups of an id together", () => {
    expect(wrapText("d2e3d1f4-1b3c-4b5c-8d46-1c1d7ce86892", 33)).toEqual([
      "d2e3d1f4-1b3c-4b5c-8d46-",
      "1c1d7ce86892",
    ]);
  });

  it("cuts anywhere when there is no separator", () => {
    expect(wrapText("0123456789", 4)).toEqual(["0123", "4567", "89"]);
  });
});
