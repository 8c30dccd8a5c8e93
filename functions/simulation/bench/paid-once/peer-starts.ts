import RunwayML from "@runwayml/sdk";
import axios from "axios";
import pRetry from "p-retry";
import { realClock } from "../../kit/clock.js";
import { runwaySimulation } from "../../vendors/runway/simulator.js";
import {
  type StartCount,
  startTroubledServer,
  type Trouble,
  type TroubledServer,
} from "./troubled-server.js";

const body = {
  model: "gen4.5",
  promptText: "A paper boat on a river at dawn",
  ratio: "1280:720",
  duration: 5,
} as const;

/** The official client as it comes: two retries, 0.5 s and 1 s apart, which nothing shortens. */
async function runwaySdk({ origin, apiKey }: TroubledServer): Promise<void> {
  await new RunwayML({ apiKey, baseURL: origin }).textToVideo.create(body);
}

/** The usual two packages put together without a thought for money. The waits between are cut short. */
async function axiosRetry({ origin, apiKey }: TroubledServer): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, "x-runway-version": "2024-11-06" };
  await pRetry(() => axios.post(`${origin}/v1/text_to_video`, body, { headers, proxy: false }), {
    retries: 3,
    minTimeout: 1,
  });
}

const peers = { runwaySdk, axiosRetry };
export type PeerName = keyof typeof peers;

/** One start by another client, against the server that ours is measured against. */
export async function countPeerStarts(name: PeerName, trouble: Trouble, seed: number): Promise<StartCount> {
  const server = await startTroubledServer(runwaySimulation, trouble, { clock: realClock(), seed });
  try {
    const succeeded = await peers[name](server).then(
      () => true,
      () => false,
    );
    if (succeeded) throw new Error(`${name} got an answer from a server that gives none`);
    return server.count();
  } finally {
    await server.close();
  }
}
