import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { avatarRequest, textRequest } from "../__fixtures__/requests.js";
import { findElements, visualElements } from "./cv.js";
import { cities } from "./vocabulary/places.js";
import { roleScenes } from "./vocabulary/roles.js";
import { toolLooks } from "./vocabulary/skills.js";
import { readWords } from "./words.js";

function shownBy(cvScript: string, most = 6): string[] {
  return visualElements(textRequest({ prompt: "My life", cvScript }), most);
}

describe("what is to be shown of a CV", () => {
  it.each([
    ["Data engineer", ["a data engineer at work"]],
    ["Senior UX Designer", ["a UX designer at work"]],
    ["HR manager", ["an HR manager at work"]],
    ["AI researcher", ["an AI researcher at work"]],
    ["I saw it. Manager!", ["a manager at work"]],
    ["IT manager", ["an IT manager at work"]],
    ["User experience researcher", ["a user experience researcher at work"]],
    ["primary school teacher", ["a teacher in front of a class"]],
    ["lives in Sao Paulo", ["the city of São Paulo"]],
    ["lives in MÜNCHEN", ["the city of München"]],
    ["a winter in Norway", ["scenery of Norway"]],
    ["C++ and C#", ["lines of code on a screen"]],
    ["Node.js", ["lines of code on a screen"]],
    ["led and motivated a team of 12", ["a team gathered around its leader"]],
    ["increased yearly sales by 40 %", ["a rising curve on a chart"]],
    ["winner who won an award", ["an award on a bright stage"]],
    ["public speaking", ["a speaker in front of an audience"]],
  ])("of %j is %j", (cv, shown) => {
    expect(shownBy(cv)).toEqual(shown);
  });

  it.each([
    "I excel at it and react with a spark and a sketch",
    "no Python, never in Berlin, without leadership",
    "a boat on a river",
    "led by the wind",
    "warsaw pact and berlin wall in small letters",
    "Ber\u200blin",
    "",
  ])("is nothing for %j", (cv) => {
    expect(findElements(readWords(cv))).toEqual([]);
  });

  it("is one of each kind before the second of any, in order of importance", () => {
    const cv =
      "Python, Docker and Figma. Built pipelines. Led a team. Leadership. Paris, London. Nurse, later a pilot.";
    expect(shownBy(cv, 5)).toEqual([
      "a nurse caring for a patient",
      "the city of Paris",
      "data moving along glowing lines",
      "lines of code on a screen",
      "a small team around one table",
    ]);
    expect(shownBy(cv, 2)).toHaveLength(2);
    expect(shownBy(cv, 0)).toEqual([]);
  });

  it("is read out of a prompt only when the prompt is a CV itself", () => {
    const elements = (prompt: string) => visualElements(textRequest({ prompt }), 3);
    expect(elements("data engineer in Berlin, built pipelines with Spark")).toEqual([
      "a data engineer at work",
      "the city of Berlin",
      "data moving along glowing lines",
    ]);
    expect(elements("A chef in Paris tastes a soup")).toEqual([]);
    expect(elements("A nurse and a doctor walk through Vienna in 1999")).toEqual([]);
    expect(elements("Education: 2010 to 2014, then nurse in Oslo")).toHaveLength(2);
  });

  it("is nothing where a script is spoken", () => {
    expect(
      visualElements(avatarRequest({ script: "Data engineer, built pipelines with Spark." }), 6),
    ).toEqual([]);
  });

  it("repeats nothing of the text: every word of an element is ours", () => {
    const ours = new Set([...roleScenes, ...toolLooks].map(([, look]) => look));
    const places = new Set(cities.map((city) => `the city of ${city}`));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...roleScenes), (noise, [role]) => {
        for (const { kind, look } of findElements(readWords(`${noise} ${role} ${noise}`))) {
          if (kind === "role" || kind === "tool") expect(ours).toContain(look);
          if (kind === "place") expect(places).toContain(look);
        }
      }),
    );
  });

  it("is found for every role and tool that the dictionary names", () => {
    for (const [phrase, look] of [...roleScenes, ...toolLooks]) {
      const found = findElements(readWords(`${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}`));
      expect(found.map((element) => element.look)).toEqual([look]);
    }
  });
});
