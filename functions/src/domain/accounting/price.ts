import { RequestError } from "../errors.js";
import { roundOff, type UsdMicros } from "../money.js";
import type { Policy } from "../policy/policy.js";
import { requestedSeconds } from "../request/request.js";
import type { JobRequest } from "../request/scene.js";

/** What a job costs its owner. Decided when it is accepted and kept with it, whatever the policy is later. */
export interface JobPrice {
  /** Of all of it: what is held, and the most that is charged. */
  readonly credits: number;
  /** The length that they pay for; 0 for a picture. */
  readonly seconds: number;
  /** Those among them that the picture of a scene takes; 0 where there is none to be made. */
  readonly imageCredits: number;
  /** The most that providers may be paid for one of them. */
  readonly usdPerCredit: number;
}

/** What is made for a request by whoever was chosen, and what that costs at providers. */
export interface PricedWork {
  readonly costUsdMicros: UsdMicros;
  /** Made, which may be longer than asked. */
  readonly seconds: number;
  /** The part of the cost that the picture of a scene takes; `null` where none is made. */
  readonly imageCostUsdMicros: UsdMicros | null;
  /** What the video would cost at the one whom the price has to reach when the first fails. */
  readonly fallbackCostUsdMicros?: UsdMicros;
}

/** Speech may run longer than its script suggests; this much is held on top. */
const scriptMargin = 1.5;

/**
 * The price of a template, if the request names one: fixed, whatever is made and however long it becomes,
 * so that whoever costs more than it is worth is not chosen.
 */
export function templatePrice({ priceKey }: JobRequest, { credits }: Policy): JobPrice | null {
  const fixed = priceKey === undefined ? undefined : templateCredits(priceKey, credits.templates);
  if (fixed === undefined) return null;
  return { credits: fixed, seconds: 0, imageCredits: 0, usdPerCredit: credits.usdPerCredit };
}

function templateCredits(
  priceKey: string,
  templates: Policy["credits"]["templates"] = {},
): number | undefined {
  return Object.hasOwn(templates, priceKey) ? templates[priceKey] : undefined;
}

/** Throws a `RequestError` that names the templates there are, for one that there is not. */
export function checkPriceKey(request: JobRequest, policy: Policy): void {
  if (request.priceKey === undefined || templatePrice(request, policy) !== null) return;
  const known = Object.keys(policy.credits.templates ?? {});
  const remedy = known.length === 0 ? "there is none here: leave it out" : `known are ${known.join(", ")}`;
  const message = `priceKey: there is no template "${request.priceKey}"; ${remedy}`;
  throw new RequestError("invalid_argument", message, { field: "priceKey", known });
}

/**
 * The price of what is made: its cost with the margin of the policy, at least what its fallback costs without
 * one, and at least the policy's minimum.
 */
export function priceOf(request: JobRequest, work: PricedWork, policy: Policy): JobPrice {
  const { imageCostUsdMicros: imageCost } = work;
  const template = templatePrice(request, policy);
  if (template !== null) return { ...template, imageCredits: creditsForKept(template, imageCost ?? 0) };
  const stretch = request.kind === "avatar" ? scriptMargin : 1;
  const perImage = policy.credits.perImage[request.quality];
  const imageCredits = imageCost === null ? 0 : Math.max(perImage, creditsForCost(imageCost, policy));
  const videoCost = (work.costUsdMicros - (imageCost ?? 0)) * stretch;
  const fallbackCredits = creditsForKept(policy.credits, (work.fallbackCostUsdMicros ?? 0) * stretch);
  const videoCredits = Math.max(
    videoFloor(request, policy),
    creditsForCost(videoCost, policy),
    fallbackCredits,
  );
  return {
    credits: imageCredits + videoCredits,
    seconds: work.seconds * stretch,
    imageCredits,
    usdPerCredit: policy.credits.usdPerCredit,
  };
}

/** The least that the policy asks for the video of a request, by the length that was asked for. */
function videoFloor(request: JobRequest, { credits }: Policy): number {
  if (request.kind === "still") return credits.perImage[request.quality];
  const seconds = request.kind === "scene" ? request.durationSeconds : requestedSeconds(request);
  const stretched = request.kind === "avatar" ? seconds * scriptMargin : seconds;
  return Math.ceil(roundToTenths(stretched)) * credits.perSecond[request.quality];
}

function creditsForCost(costUsdMicros: UsdMicros, policy: Policy): number {
  const withMargin = costUsdMicros * (1 + policy.credits.marginFraction);
  return Math.ceil(roundOff(withMargin / (policy.credits.usdPerCredit * 1_000_000)));
}

/** The picture of a scene by itself, which is charged when it is stored. */
export function imagePriceOf(price: JobPrice): JobPrice {
  return { ...price, credits: price.imageCredits, imageCredits: 0, seconds: 0 };
}

/** The video of a scene without its picture. */
export function videoPriceOf(price: JobPrice): JobPrice {
  return { ...price, credits: price.credits - price.imageCredits, imageCredits: 0 };
}

/** Credits for a finished file: the price, or its share of it when less was delivered than planned. */
export function creditsToCapture(price: JobPrice, deliveredSeconds: number, held: number): number {
  const videoCredits = price.credits - price.imageCredits;
  return Math.min(held, Math.ceil(roundOff(videoCredits * shareOf(price, deliveredSeconds))));
}

/** Credits for what a provider keeps of work that was stopped: its cost without a margin. */
export function creditsForKept(
  { usdPerCredit }: Pick<JobPrice, "usdPerCredit">,
  costUsdMicros: UsdMicros,
): number {
  return Math.ceil(roundOff(costUsdMicros / (usdPerCredit * 1_000_000)));
}

/**
 * The most that a candidate may cost when it makes a video of this length: never more than the
 * credits are worth that would be charged for it.
 */
export function creditWorth(price: JobPrice, seconds: number): UsdMicros {
  const videoCredits = (price.credits - price.imageCredits) * shareOf(price, seconds);
  return Math.floor(roundOff((price.imageCredits + videoCredits) * price.usdPerCredit * 1_000_000));
}

/** A clip of 5.04 s is a clip of 5 s: codecs round to whole frames. */
function shareOf({ seconds }: JobPrice, delivered: number): number {
  return seconds === 0 ? 1 : Math.min(1, roundToTenths(delivered) / seconds);
}

function roundToTenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/**
 * The price of a job of a version that kept none: what it held paid for the length that was asked for,
 * and a picture was priced like a second.
 */
export function earlierPrice(request: JobRequest, credits: number): JobPrice {
  const usdPerCredit = 0.05;
  if (request.kind === "still") return { credits, seconds: 0, imageCredits: 0, usdPerCredit };
  if (request.kind === "scene") {
    const seconds = request.durationSeconds;
    return { credits, seconds, imageCredits: Math.round(credits / (1 + seconds)), usdPerCredit };
  }
  const seconds = requestedSeconds(request) * (request.kind === "avatar" ? scriptMargin : 1);
  return { credits, seconds, imageCredits: 0, usdPerCredit };
}
