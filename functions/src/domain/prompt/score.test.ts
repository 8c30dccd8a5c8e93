import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { avatarRequest, textRequest } from "../__fixtures__/requests.js";
import { parseRequest } from "../request/request.js";
import { scorePrompt } from "./score.js";

const full =
  "A paper boat drifts slowly down a narrow river at dawn, soft mist over the water, low angle tracking shot";

function reasonsOf(input: Parameters<typeof scorePrompt>[0]): string[] {
  return scorePrompt(input).reasons.map(({ points, reason }) => `${points} ${reason}`);
}

describe("the score of a prompt", () => {
  it("is 100 for one that tells subject, action, setting, light and camera in enough words", () => {
    expect(scorePrompt(full)).toEqual({
      score: 100,
      reasons: [
        { points: 20, reason: "enough words to work with" },
        { points: 20, reason: "subject: told" },
        { points: 15, reason: "action: told" },
        { points: 20, reason: "setting: told" },
        { points: 15, reason: "light or time of day: told" },
        { points: 10, reason: "camera: told" },
      ],
    });
  });

  it("is 0 for one that tells nothing, with advice for each lack", () => {
    const { score, reasons } = scorePrompt("hm");
    expect(score).toBe(0);
    expect(reasons).toHaveLength(6);
    expect(reasons.every(({ reason }) => reason.includes(": "))).toBe(true);
  });

  it.each([
    ["-15 contradiction: a static camera and a moving one", "A dog runs, static camera, zooming in"],
    ["-15 contradiction: slow motion and time-lapse", "A timelapse of a city in slow motion"],
    ["-15 contradiction: day and night", "A sunny street at night"],
    ["-5 vague words: nice; say what is seen", "A nice dog runs"],
    ["-15 vague words: very, cool, amazing; say what is seen", "Very cool amazing stuff happens"],
    ["-10 all in capitals: write sentences", "A DOG RUNS ALONG THE BEACH"],
    ['-10 repetition: "waves"', "waves and waves and waves and waves"],
    ["-10 more than 300 words: one shot cannot hold them", "a boat of no name ".repeat(61)],
  ])("has the reason %j", (reason, prompt) => {
    expect(reasonsOf(prompt)).toContain(reason);
  });

  it.each([
    ["a change from day to night", "A sunny street that turns to night"],
    ["a sign in capitals", "A dog runs past a sign that says NO DOGS HERE today"],
    ["a word said three times", "waves on waves on waves"],
    ["a colour that is no thing", "Golden hour in a forest, a deer walks, static shot"],
  ])("does not blame %s", (_name, prompt) => {
    expect(scorePrompt(prompt).reasons.filter(({ points }) => points < 0)).toEqual([]);
  });

  it("counts the camera of the request, and finds one that contradicts the words", () => {
    expect(reasonsOf(textRequest({ prompt: "A dog", camera: { move: "pan" } }))).toContain("10 camera: told");
    expect(reasonsOf(textRequest({ prompt: "A dog, slow zooming", camera: { move: "static" } }))).toContain(
      "-15 contradiction: a static camera and a moving one",
    );
  });

  it("blames a thing that is both wanted and to be avoided", () => {
    expect(
      reasonsOf(textRequest({ prompt: "A dog in heavy rain", negativePrompt: "text, heavy rain" })),
    ).toContain('-15 "heavy rain" is both in the prompt and to be avoided');
  });

  it("lets a picture tell subject, setting and light", () => {
    const image = "https://images.example.com/a.png";
    const prompt = "slowly turning around while the wind blows through all of the hair";
    expect(scorePrompt(parseRequest({ kind: "image", prompt, image })).score).toBe(90);
  });

  it("does not pretend to judge another language", () => {
    for (const prompt of ["Ein Papierboot treibt auf einem Fluss", "قارب من ورق على نهر", "纸船在河上漂流"]) {
      expect(scorePrompt(prompt)).toEqual({
        score: 50,
        reasons: [{ points: 50, reason: "not judged: the rules know English only" }],
      });
    }
  });

  it("finds a script good unless it says next to nothing", () => {
    expect(scorePrompt(avatarRequest()).score).toBe(100);
    expect(scorePrompt(avatarRequest({ script: "Hi" })).score).toBe(60);
  });
});

describe("any score", () => {
  const subject = fc.constantFrom("a dog", "an old woman", "two robots", "a red bicycle", "a thing");
  const action = fc.constantFrom("", " runs", " is waiting", " turns around", " spins and spins");
  const place = fc.constantFrom("", " in a kitchen", " on a bridge in London", " under the sky");
  const light = fc.constantFrom("", " at dawn", " by candlelight", " at night");
  const shot = fc.constantFrom("", ", close-up", ", static camera", ", handheld", ", nice and epic");
  const english = fc.tuple(subject, action, place, light, shot).map((parts) => parts.join(""));

  it("is a whole number from 0 to 100 and the sum of its reasons, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), english), (text) => {
        const { score, reasons } = scorePrompt(text);
        const sum = reasons.reduce((total, reason) => total + reason.points, 0);
        expect(score).toBe(Math.min(100, Math.max(0, sum)));
        expect(Number.isInteger(score)).toBe(true);
        expect(scorePrompt(text)).toEqual({ score, reasons });
      }),
    );
  });

  it.each([
    ["a concrete setting", " in a quiet forest"],
    ["a subject and what it does", ", while a small girl laughs"],
    ["a place by its name", " near Lisbon"],
  ])("never falls when %s is added", (_name, addition) => {
    fc.assert(
      fc.property(english, (prompt) => {
        expect(scorePrompt(`${prompt}${addition}`).score).toBeGreaterThanOrEqual(scorePrompt(prompt).score);
      }),
    );
  });

  it("never rises when a word is made vague, or everything is shouted", () => {
    fc.assert(
      fc.property(english, (prompt) => {
        const { score } = scorePrompt(prompt);
        expect(scorePrompt(prompt.toUpperCase()).score).toBeLessThanOrEqual(score);
        const plain = prompt.replace("red", "nice");
        expect(scorePrompt(plain).score).toBeLessThanOrEqual(score);
      }),
    );
  });
});
