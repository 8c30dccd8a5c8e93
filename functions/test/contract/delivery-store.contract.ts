import { beforeEach, describe, expect, it } from "@jest/globals";
import type { DeliveryStore, WebhookDeliveryRecord } from "../../src/engine/ports/delivery-store.js";
import { startMs } from "./fixtures/jobs.js";

export function deliveryRecord(id: string): WebhookDeliveryRecord {
  return {
    id,
    provider: "runway",
    deliveryId: "evt_01",
    jobId: "a1",
    attempt: 1,
    receivedAt: startMs,
    outcome: "followed",
    expireAt: startMs + 86_400_000,
  };
}

/** What every store of deliveries owes the engine. Each test starts with an empty store. */
export function describeDeliveryStoreContract(name: string, open: () => Promise<DeliveryStore>): void {
  let deliveries: DeliveryStore;

  beforeEach(async () => {
    deliveries = await open();
  });

  describe(`the ${name} delivery store`, () => {
    it("gives a delivery to the first who claims it, also when ten come together", async () => {
      const claims = Array.from({ length: 10 }, () => deliveries.claim(deliveryRecord("d1")));
      const given = (await Promise.all(claims)).filter((isFirst) => isFirst);
      expect(given).toHaveLength(1);
      expect(await deliveries.claim(deliveryRecord("d1"))).toBe(false);
    });

    it("keeps deliveries apart", async () => {
      expect(await deliveries.claim(deliveryRecord("d1"))).toBe(true);
      expect(await deliveries.claim(deliveryRecord("d2"))).toBe(true);
    });

    it("lets a delivery that was released be claimed again, once", async () => {
      await deliveries.claim(deliveryRecord("d1"));
      await deliveries.release("d1");
      expect(await deliveries.claim(deliveryRecord("d1"))).toBe(true);
      expect(await deliveries.claim(deliveryRecord("d1"))).toBe(false);
    });

    it("does not mind the release of a delivery that nobody claimed", async () => {
      await deliveries.release("d9");
      expect(await deliveries.claim(deliveryRecord("d9"))).toBe(true);
    });
  });
}
