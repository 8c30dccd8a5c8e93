export interface DeliveryStore {
  /** Keeps a delivery. `false` when it is known already: then nothing is written. */
  claim(record: WebhookDeliveryRecord): Promise<boolean>;
  /** Forgets a delivery, so that a repetition counts as the first. */
  release(id: string): Promise<void>;
}

/** A webhook that spoke of a generation of ours. */
export interface WebhookDeliveryRecord {
  /** Derived, so that the same delivery has the same. */
  readonly id: string;
  readonly provider: string;
  /** The vendor's word for it. */
  readonly deliveryId: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly receivedAt: number;
  readonly outcome: DeliveryOutcome;
  readonly expireAt: number;
}

/**
 * `followed`: the provider was asked. `parked`: the start was not recorded yet. `late`: the end of
 * the generation was known already.
 */
export type DeliveryOutcome = "followed" | "parked" | "late";
