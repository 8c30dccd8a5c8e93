import type { Caller } from "../../src/domain/job/new-job.js";
import { submitClips, submitScenes } from "../../src/engine/batch/submit-batch.js";
import type { Deps } from "../../src/engine/deps.js";
import { submitJob, submitScene } from "../../src/engine/job/submit.js";
import type { Chance } from "../kit/chance.js";
import type { Shares } from "./swarm.js";
import { vendorIds } from "./world/vendors.js";

/** Something that a user asks for, the same however often it is sent. */
export interface UserRequest {
  readonly caller: Caller;
  /** How many jobs it comes to at least, parts among them. */
  readonly weight: number;
  submit(deps: Deps): Promise<AcceptedRequest>;
}

/** The job or batch that a request was accepted as. */
export interface AcceptedRequest {
  readonly type: "video" | "composite" | "batch";
  /** Of the job, or of the batch. */
  readonly id: string;
}

const owners: readonly [Caller, ...Caller[]] = [
  { uid: "ada", tier: "free" },
  { uid: "bob", tier: "premium" },
  { uid: "cem", tier: "free" },
  { uid: "dot", tier: "enterprise" },
];
const picture = "https://media.example.com/portrait-1280x720.png";
const script = "Good morning. The paper boat has arrived, and everybody is well.";
const prompt = "A paper boat drifts past a red lighthouse";
const scene = { imagePrompt: prompt, visualPrompt: "The boat sets off down the river" };
/** The whole and its first part: the second part is often never started. */
const jobsOfScene = 2;
const jobsOfLong = 2;

export function drawOwner(chance: Chance): Caller {
  return chance.pick(owners);
}

/** `modes`: what the models of this world can make. */
export function drawRequest(
  chance: Chance,
  shares: Shares,
  modes: ReadonlySet<string>,
  requestId: string,
): UserRequest {
  const caller = drawOwner(chance);
  const options = drawOptions(chance, requestId);
  let left = chance.next();
  left -= shares.scene;
  if (left < 0) return sceneRequest(caller, options);
  left -= shares.long;
  if (left < 0) return longVideoRequest(caller, options, chance);
  left -= shares.batch;
  if (left < 0) {
    const ofScenes = shares.scene > 0 && chance.happens(0.5);
    return ofScenes ? scenesRequest(caller, options) : clipsRequest(caller, options, chance);
  }
  const request = { ...options, ...drawSubject(chance, modes), ...drawShape(chance) };
  return {
    caller,
    weight: 1,
    submit: async (deps) => ({ type: "video", id: (await submitJob(deps, caller, request)).job.id }),
  };
}

type Options = Readonly<Record<string, unknown>>;

function sceneRequest(caller: Caller, options: Options): UserRequest {
  const request = { ...options, scene };
  return {
    caller,
    weight: jobsOfScene,
    submit: async (deps) => ({ type: "composite", id: (await submitScene(deps, caller, request)).job.id }),
  };
}

function longVideoRequest(caller: Caller, options: Options, chance: Chance): UserRequest {
  const request = { ...options, kind: "text", prompt, durationSeconds: chance.pick([24, 30, 36]) };
  return {
    caller,
    weight: jobsOfLong,
    submit: async (deps) => ({ type: "composite", id: (await submitJob(deps, caller, request)).job.id }),
  };
}

function clipsRequest(caller: Caller, options: Options, chance: Chance): UserRequest {
  const keys = ["first", "second", "third", "fourth"].slice(0, 2 + chance.below(3));
  const frames = Object.fromEntries(keys.map((key) => [key, { first: picture, last: picture }]));
  const order = { ...options, frames, prompt };
  return {
    caller,
    weight: keys.length,
    submit: async (deps) => ({ type: "batch", id: (await submitClips(deps, caller, order)).id }),
  };
}

function scenesRequest(caller: Caller, options: Options): UserRequest {
  const order = { ...options, scenes: { first: scene, second: scene } };
  return {
    caller,
    weight: 2 * jobsOfScene,
    submit: async (deps) => ({ type: "batch", id: (await submitScenes(deps, caller, order)).id }),
  };
}

function drawOptions(chance: Chance, requestId: string): Options {
  const [first = "", ...others] = vendorIds;
  return {
    requestId,
    ...(chance.happens(0.5) ? { providers: { prefer: [chance.pick([first, ...others])] } } : {}),
    ...(chance.happens(0.1) ? { deadlineSeconds: Math.round(chance.logBetween(300, 3_600)) } : {}),
  };
}

function drawShape(chance: Chance): Options {
  return { aspectRatio: chance.pick(["16:9", "16:9", "9:16"]) };
}

/** Mostly something that the models of this world can make; otherwise a video from text. */
function drawSubject(chance: Chance, modes: ReadonlySet<string>): Options {
  const subjects: readonly (readonly [mode: string, subject: () => Options])[] = [
    ["avatar", () => ({ kind: "avatar", script })],
    ["photo", () => ({ kind: "avatar", script, image: picture })],
    ["image", () => ({ kind: "image", prompt, image: picture })],
    ["frames", () => ({ kind: "frames", prompt, firstFrame: picture, lastFrame: picture })],
  ];
  const text = () => ({ kind: "text", prompt, durationSeconds: chance.pick([4, 5, 8]) });
  const [mode, subject] = subjects[chance.below(2 * subjects.length)] ?? ["text", text];
  return modes.has(mode) ? subject() : text();
}
