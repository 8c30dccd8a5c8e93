import { afterEach, describe, expect, it } from "@jest/globals";
import { type ManualClock, manualClock } from "../kit/clock.js";
import { type LoopbackServer, readBody, startLoopbackServer } from "../kit/loopback-server.js";
import { FaultPlan, parseFault } from "../vendors/shared/faults.js";
import type { SimulatedWebhook } from "../vendors/shared/simulator.js";
import { startWebhookSender } from "./webhook-sender.js";

let server: LoopbackServer | undefined;
let webhookSender: { close(): Promise<void> } | undefined;

afterEach(async () => {
  await webhookSender?.close();
  await server?.close();
});

/** A webhookSender between a vendor that has one webhook to send and a receiver with prepared answers. */
async function open(options: { answers: readonly number[]; faults?: readonly string[] }) {
  const clock: ManualClock = manualClock(Date.UTC(2026, 10, 21));
  const planned: (() => void)[] = [];
  let steps = 0;
  const watchedClock = {
    scale: clock.scale,
    now: clock.now,
    schedule: (atMs: number, run: () => void) => {
      planned.shift()?.();
      return clock.schedule(atMs, () => {
        steps += 1;
        run();
      });
    },
  };
  const arrivals: { method: string; url: string; body: string; at: number }[] = [];
  const waiting: (() => void)[] = [];
  const answers = [...options.answers];
  server = await startLoopbackServer(async (request, response) => {
    const body = await readBody(request, 10_000);
    const { method = "", url = "" } = request;
    arrivals.push({ method, url, body: String(body), at: clock.now() });
    response.on("close", () => waiting.shift()?.());
    response.writeHead(answers.shift() ?? 200).end();
  });
  const due: SimulatedWebhook[] = [
    { url: `${server.origin}/webhook/vendor?token=t`, headers: {}, body: '{"n":1}' },
  ];
  const faults = new FaultPlan((options.faults ?? []).map((text) => parseFault(text, ["vendor"])));
  const simulator = {
    vendor: "vendor",
    handle: () => ({ status: 404 }),
    paidStarts: () => [],
    billedUsdMicros: () => 0,
    takeWebhooks: () => due.splice(0),
  };
  const host = { origin: "", requests: [], close: async () => {} };
  webhookSender = startWebhookSender(watchedClock, [{ vendor: "vendor", host, simulator, faults }]);
  return {
    clock,
    arrivals,
    /** How much of what the webhookSender has planned was done. */
    steps: () => steps,
    /** Resolves when the webhookSender has planned something more. */
    nextPlan: () => new Promise<void>((resolve) => planned.push(resolve)),
    /** Resolves when another delivery has been answered. */
    nextArrival: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
}

describe("the webhookSender of webhooks", () => {
  it("posts the body to the address that the vendor was given", async () => {
    const { clock, arrivals, nextArrival } = await open({ answers: [200] });
    const arrived = nextArrival();
    clock.advance(0);
    await arrived;
    expect(arrivals).toMatchObject([{ method: "POST", url: "/webhook/vendor?token=t", body: '{"n":1}' }]);
  });

  it("tries again after whatever is not 2xx, in doubling waits, and then never again", async () => {
    const { clock, arrivals, nextArrival, nextPlan } = await open({ answers: [401, 500, 200] });
    for (const waitMs of [0, 1_000]) {
      clock.advance(waitMs);
      await nextPlan();
    }
    const arrived = nextArrival();
    clock.advance(2_000);
    await arrived;
    clock.advance(3_600_000);
    expect(arrivals.map(({ at }) => at - (arrivals[0]?.at ?? 0))).toEqual([0, 1_000, 3_000]);
  });

  it("is late when it is told to be", async () => {
    const { clock, arrivals, nextArrival } = await open({
      answers: [],
      faults: ["vendor:webhook-late=600"],
    });
    clock.advance(599_000);
    expect(arrivals).toEqual([]);
    const arrived = nextArrival();
    clock.advance(1_000);
    await arrived;
    expect(arrivals).toHaveLength(1);
  });

  it("does nothing of what it has planned once it is stopped", async () => {
    const { clock, arrivals, steps } = await open({ answers: [] });
    await webhookSender?.close();
    clock.advance(3_600_000);
    expect(steps()).toBe(0);
    expect(arrivals).toEqual([]);
  });
});
