import { describe, expect, it } from "@jest/globals";
import { copiesOf, FaultPlan, parseFault } from "./faults.js";

const webhook = {
  url: "https://fn.example.test/webhook/vendor?job=1&attempt=1&token=secret-token",
  headers: { "content-type": "application/json", "vendor-signature": "00" },
  body: '{"event":1}',
};

function copies(...faults: string[]) {
  const plan = new FaultPlan(faults.map((text) => parseFault(text, ["vendor"])));
  return () => copiesOf(webhook, plan.takeWebhookFault());
}

describe("the way of a webhook", () => {
  it("is straight without a fault", () => {
    expect(copies()()).toEqual([{ webhook, delayMs: 0 }]);
  });

  it("loses as many as it is told to", () => {
    const next = copies("vendor:webhook-lost*2");
    expect([next(), next(), next()].map(({ length }) => length)).toEqual([0, 0, 1]);
  });

  it("repeats and delays", () => {
    expect(copies("vendor:webhook-repeated=3")()).toEqual(Array(3).fill({ webhook, delayMs: 0 }));
    expect(copies("vendor:webhook-late=90")()).toEqual([{ webhook, delayMs: 90_000 }]);
  });

  it("is used by a forger who has neither token nor signature", () => {
    const [forgery, genuine] = copies("vendor:webhook-forged")();
    expect(genuine).toEqual({ webhook, delayMs: 0 });
    expect(forgery?.webhook.body).toBe(webhook.body);
    expect(JSON.stringify(forgery)).not.toMatch(/secret-token|vendor-signature/);
  });

  it("is not confused with the line or with what happens inside the vendor", () => {
    const specs = ["vendor:webhook-lost", "vendor:fail"].map((text) => parseFault(text, ["vendor"]));
    const plan = new FaultPlan(specs);
    expect(plan.takeTransportFault(true)).toBeUndefined();
    expect(plan.takeGenerationFault()).toEqual({ type: "fail" });
    expect(plan.takeWebhookFault()).toMatchObject({ fault: "webhook-lost" });
  });
});
