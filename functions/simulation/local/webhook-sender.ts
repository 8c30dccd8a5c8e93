import type { LocalClock } from "../kit/clock.js";
import { webhookRetryMs } from "../kit/transport.js";
import type { RunningSimulation } from "../kit/vendor-host.js";
import { copiesOf } from "../vendors/shared/faults.js";
import type { SimulatedWebhook } from "../vendors/shared/simulator.js";

const collectEveryMs = 1_000;
const maxTries = 6;
/** On the wall clock, as the functions answer at their own speed however fast the local time runs. */
const answerTimeoutMs = 10_000;

/** Sends the webhooks of simulated vendors to their addresses, over HTTP. */
export function startWebhookSender(
  clock: LocalClock,
  simulations: readonly RunningSimulation[],
): { close(): Promise<void> } {
  const stopped = new AbortController();
  const waiting = new Set<() => void>();
  const underWay = new Set<Promise<void>>();

  function after(delayMs: number, run: () => void): void {
    if (stopped.signal.aborted) return;
    const cancel = clock.schedule(clock.now() + delayMs, () => {
      waiting.delete(cancel);
      run();
    });
    waiting.add(cancel);
  }

  function collect(): void {
    for (const { simulator, faults } of simulations) {
      for (const webhook of simulator.takeWebhooks()) {
        for (const copy of copiesOf(webhook, faults.takeWebhookFault())) {
          after(copy.delayMs, () => send(copy.webhook, 1));
        }
      }
    }
    after(collectEveryMs, collect);
  }

  function send(webhook: SimulatedWebhook, tries: number): void {
    const sending = post(webhook, stopped.signal).then((isTaken) => {
      underWay.delete(sending);
      if (!isTaken && tries < maxTries) {
        after(webhookRetryMs(tries), () => send(webhook, tries + 1));
      }
    });
    underWay.add(sending);
  }

  collect();
  return {
    async close() {
      stopped.abort();
      for (const cancel of waiting) cancel();
      await Promise.all(underWay);
    },
  };
}

/** Was it accepted? A broken connection counts as no. */
async function post(webhook: SimulatedWebhook, stopped: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(answerTimeoutMs)]);
  try {
    const { url, headers, body } = webhook;
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
