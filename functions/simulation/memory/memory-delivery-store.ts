import type { DeliveryStore, WebhookDeliveryRecord } from "../../src/engine/ports/delivery-store.js";
import { frozenCopy } from "./memory-database.js";

export interface MemoryDeliveryStore extends DeliveryStore {
  /** By id. */
  readonly records: ReadonlyMap<string, WebhookDeliveryRecord>;
}

/** Deliveries in this process; nothing expires here. */
export function memoryDeliveryStore(): MemoryDeliveryStore {
  const records = new Map<string, WebhookDeliveryRecord>();
  return {
    records,
    async claim(record) {
      if (records.has(record.id)) return false;
      records.set(record.id, frozenCopy(record));
      return true;
    },
    async release(id) {
      records.delete(id);
    },
  };
}
