import type { Deps } from "../../src/engine/deps.js";
import { receiveWebhook, type WebhookVerdict } from "../../src/engine/poll/receive-webhook.js";
import { createRefreshGate } from "../../src/engine/poll/refresh-job.js";
import { toWebhookCall, webhookRetryMs } from "../kit/transport.js";
import type { SimulatedWebhook } from "../vendors/shared/simulator.js";
import type { ChaosWorld } from "./world/world.js";

/** Delivers the webhooks of the simulated vendors: late, twice, forged or not at all. */
export interface WebhookSender {
  /** Sends every webhook once more, to an instance whose clock is that far ahead. */
  replay(laterMs: number): Promise<void>;
}

const collectEveryMs = 5_000;
/** As in `entrypoints/triggers/webhooks.ts`. */
const limits = { timeoutMs: 240_000 };
const latestMs = 3_600_000;
const maxTries = 5;

export function sendWebhooks(world: ChaosWorld): WebhookSender {
  const { time, chance, swarm, eventLog, processes, vendors, report } = world;
  const { rates } = swarm;
  const gate = createRefreshGate();
  const sent: SimulatedWebhook[] = [];

  function collect(): void {
    for (const webhook of vendors.takeWebhooks()) {
      sent.push(webhook);
      const copies = chance.happens(rates.webhookTwice) ? 2 + chance.below(3) : 1;
      for (let copy = 0; copy < copies; copy += 1) post(webhook);
      if (chance.happens(rates.webhookForged)) void forge(webhook);
    }
    time.at(time.now() + collectEveryMs, collect);
  }

  function post(webhook: SimulatedWebhook): void {
    if (chance.happens(rates.webhookLost)) {
      eventLog.note("webhook lost");
      return;
    }
    const lateMs = chance.happens(rates.webhookLate) ? chance.logBetween(1_000, latestMs) : 0;
    time.at(time.now() + lateMs, () => void deliver(webhook, 1));
  }

  async function deliver(webhook: SimulatedWebhook, number: number): Promise<void> {
    let verdict = "unverified" as WebhookVerdict;
    await processes.run("webhook", limits, async (deps) => {
      verdict = await receiveWebhook(deps, toWebhookCall(webhook, deps.now()), gate);
    });
    if (verdict === "accepted" || number === maxTries) return;
    time.at(time.now() + webhookRetryMs(number), () => void deliver(webhook, number + 1));
  }

  async function forge(webhook: SimulatedWebhook): Promise<void> {
    const forgery = chance.pick(forgeries)(webhook);
    await processes.run("forgery", limits, async (deps) => {
      const verdict = await receiveWebhook(untouched(deps), toWebhookCall(forgery, deps.now()), gate);
      if (verdict === "accepted") reportProblem("a forged webhook was accepted");
    });
  }

  /** A forged call must not reach any document. */
  function untouched(deps: Deps): Deps {
    const reportUseOf = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get(target, name) {
          reportProblem(`a forged webhook has come as far as ${String(name)}`);
          return Reflect.get(target, name);
        },
      });
    return { ...deps, jobs: reportUseOf(deps.jobs), deliveries: reportUseOf(deps.deliveries) };
  }

  function reportProblem(detail: string): void {
    report({ kind: "windowExceeded", jobId: "", detail });
  }

  if (swarm.webhooks) time.at(time.now(), collect);
  return {
    async replay(laterMs) {
      for (const webhook of sent) {
        await processes.run("replay", { ...limits, laterMs }, async (deps) => {
          const verdict = await receiveWebhook(deps, toWebhookCall(webhook, deps.now()), gate);
          // A signature is valid for minutes; a callback URL of ours stays valid and only leads to a poll.
          if (verdict === "accepted" && !isOurUrl(webhook)) reportProblem("an old signature was accepted");
        });
      }
    },
  };
}

type Forgery = (webhook: SimulatedWebhook) => SimulatedWebhook;

/** What an attacker can do who knows an address and perhaps an event, but no secret. */
const forgeries: readonly [Forgery, ...Forgery[]] = [
  (webhook) => withoutProof(webhook),
  (webhook) => (isOurUrl(webhook) ? withParameter(webhook, "attempt", "7") : withOtherBody(webhook)),
  (webhook) => (isOurUrl(webhook) ? withParameter(webhook, "token", "") : withOtherBody(webhook)),
];

function withoutProof(webhook: SimulatedWebhook): SimulatedWebhook {
  const bare = { ...webhook, headers: { "content-type": "application/json" } };
  return isOurUrl(webhook) ? withParameter(bare, "token", "A".repeat(43)) : bare;
}

/** A signature is that of its bytes, even where they mean the same. */
function withOtherBody(webhook: SimulatedWebhook): SimulatedWebhook {
  return { ...webhook, body: `${webhook.body} ` };
}

function withParameter(webhook: SimulatedWebhook, name: string, value: string): SimulatedWebhook {
  const url = new URL(webhook.url);
  url.searchParams.set(name, value);
  return { ...webhook, url: url.href };
}

function isOurUrl({ url }: SimulatedWebhook): boolean {
  return new URL(url).searchParams.has("token");
}
