import { type Firestore, Timestamp } from "firebase-admin/firestore";
import type { DeliveryStore } from "../../engine/ports/delivery-store.js";
import { grpc, grpcCode } from "./grpc.js";
import { deliveryDocument } from "./paths.js";

/** One document per delivery, `webhookDeliveries/{id}`, which Firestore removes after `expireAt`. */
export function firebaseDeliveryStore(db: Firestore): DeliveryStore {
  return {
    async claim({ id, expireAt, ...record }) {
      try {
        await deliveryDocument(db, id).create({ ...record, expireAt: Timestamp.fromMillis(expireAt) });
        return true;
      } catch (error) {
        if (grpcCode(error) !== grpc.alreadyExists) throw error;
        return false;
      }
    },
    async release(id) {
      await deliveryDocument(db, id).delete();
    },
  };
}
