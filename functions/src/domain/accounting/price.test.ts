import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { avatarRequest, textRequest } from "../__fixtures__/requests.js";
import { defaultPolicy, type Policy } from "../policy/policy.js";
import { parseScene } from "../request/scene.js";
import {
  creditsForKept,
  creditsToCapture,
  creditWorth,
  earlierPrice,
  type JobPrice,
  priceOf,
} from "./price.js";

function work(costUsdMicros: number, seconds = 5, imageCostUsdMicros: number | null = null) {
  return { costUsdMicros, seconds, imageCostUsdMicros };
}

function policyWith(credits: Partial<Policy["credits"]>): Policy {
  return { ...defaultPolicy, credits: { ...defaultPolicy.credits, ...credits } };
}

/** What a published policy of the version before says of credits. */
const floors = policyWith({
  perSecond: { draft: 1, standard: 2, premium: 4 },
  perImage: { draft: 1, standard: 2, premium: 4 },
});

function price(changes: Partial<JobPrice> = {}): JobPrice {
  return { credits: 10, seconds: 5, imageCredits: 0, usdPerCredit: 0.05, ...changes };
}

describe("the price of a job", () => {
  it("is the cost of what is made with the margin, in credits of the policy's worth", () => {
    expect(priceOf(textRequest(), work(250_000), defaultPolicy)).toEqual(price({ credits: 7 }));
    const dearer = policyWith({ usdPerCredit: 0.01, marginFraction: 0.5 });
    expect(priceOf(textRequest(), work(250_000), dearer).credits).toBe(38);
  });

  it("is a credit at least of anything that costs anything", () => {
    expect(priceOf(textRequest(), work(1), defaultPolicy).credits).toBe(1);
  });

  it("is that of the length that is made, not of the one that was asked for", () => {
    const made = priceOf(textRequest({ durationSeconds: 1 }), work(600_000, 4), defaultPolicy);
    expect(made).toMatchObject({ credits: 15, seconds: 4 });
    expect(creditsToCapture(made, 4, 15)).toBe(15);
  });

  it.each([
    ["draft", 5],
    ["standard", 10],
    ["premium", 20],
  ])("is not below the minimum of the policy: %s of 5 s holds %i", (quality, credits) => {
    expect(priceOf(textRequest({ quality }), work(10_000), floors).credits).toBe(credits);
  });

  it("is that of half as much again where a script decides the length", () => {
    const request = avatarRequest({ script: "x".repeat(150) });
    expect(priceOf(request, work(10_000, 10), floors).credits).toBe(30);
    expect(priceOf(request, work(400_000, 10), defaultPolicy)).toMatchObject({ credits: 15, seconds: 15 });
  });

  it("of a scene is that of its picture and of its video", () => {
    const scene = parseScene({ scene: { imagePrompt: "A boat", visualPrompt: "It sails" } });
    const whole = priceOf(scene, work(290_000, 5, 40_000), defaultPolicy);
    expect(whole).toEqual(price({ credits: 8, imageCredits: 1 }));
    expect(priceOf(scene, work(250_000, 5, null), defaultPolicy)).toEqual(price({ credits: 7 }));
    expect(creditsToCapture(whole, 5, 7)).toBe(7);
  });
});

describe("the charge of a job", () => {
  it("forgives the frame by which codecs round a clip up", () => {
    expect(creditsToCapture(price(), 5.04, 10)).toBe(10);
    expect(creditsToCapture(price(), 4.96, 10)).toBe(10);
  });

  it("is a share of the price when less was delivered than planned", () => {
    expect(creditsToCapture(price({ credits: 16, seconds: 8 }), 5, 16)).toBe(10);
  });

  it("is the price when more was delivered", () => {
    expect(creditsToCapture(price(), 8, 10)).toBe(10);
  });

  it("is by the second of the speech where a script decides the length", () => {
    const held = priceOf(avatarRequest({ script: "x".repeat(150) }), work(400_000, 10), defaultPolicy);
    expect(creditsToCapture(held, 10, held.credits)).toBe(10);
    expect(creditsToCapture(held, 40, held.credits)).toBe(held.credits);
  });

  it("of a job of the version before is by the length that was asked for", () => {
    const asked = earlierPrice(textRequest({ durationSeconds: 8 }), 16);
    expect(creditsToCapture(asked, 5, 16)).toBe(10);
    const scene = parseScene({ scene: { imagePrompt: "A boat", visualPrompt: "It sails" } });
    const before = earlierPrice(scene, 12);
    expect(before).toMatchObject({ imageCredits: 2, seconds: 5 });
    expect(creditsToCapture(before, 5, 10)).toBe(10);
    const spoken = earlierPrice(avatarRequest({ script: "x".repeat(150) }), 30);
    expect(creditsToCapture(spoken, 10, 30)).toBe(20);
  });

  it("is a whole number, and never more than was held", () => {
    const amount = fc.nat(5_000_000);
    const length = fc.double({ min: 0.5, max: 120, noNaN: true });
    fc.assert(
      fc.property(amount, length, length, (costUsdMicros, planned, delivered) => {
        const held = priceOf(textRequest(), work(costUsdMicros, planned), defaultPolicy);
        const charged = creditsToCapture(held, delivered, held.credits);
        expect(Number.isInteger(held.credits)).toBe(true);
        expect(Number.isInteger(charged)).toBe(true);
        expect(charged).toBeGreaterThanOrEqual(0);
        expect(charged).toBeLessThanOrEqual(held.credits);
      }),
    );
  });

  it("for what a provider keeps has no margin", () => {
    expect(creditsForKept(price(), 250_000)).toBe(5);
    expect(creditsForKept(price(), 250_001)).toBe(6);
  });
});

describe("the worth of a candidate", () => {
  it("is less when it would make less", () => {
    const held = price({ credits: 10, seconds: 10 });
    expect(creditWorth(held, 10)).toBe(500_000);
    expect(creditWorth(held, 8)).toBe(400_000);
    expect(creditWorth(held, 12)).toBe(500_000);
  });
});
