import type { Failure } from "../errors.js";
import type { UsdMicros } from "../money.js";
import type { ModeName, ProviderModel } from "./model.js";
import type { Size } from "./resolution.js";

/**
 * The contract between the engine and a vendor. One rule decides whether money is lost:
 * a method THROWS `UnreachableError` when it could not find out, and RETURNS a failure when the
 * vendor said no. Only the second is a failure of the job.
 */
export interface VideoProvider {
  readonly id: string;
  /**
   * A fingerprint of the API key, which tells whether a generation was started with the same one; never
   * the key. Absent where no key is used.
   */
  readonly credentialId?: string;
  /** The catalogue rows of this vendor. */
  readonly models: readonly ProviderModel[];
  /** A task is never read more often than this. */
  readonly pollFloorMs: number;
  /**
   * `idempotent`: a start may be sent again with the same key, the vendor de-duplicates.
   * `send_once`: the vendor has no key, so an unanswered start is ambiguous and never repeated.
   */
  readonly startGuard: "idempotent" | "send_once";
  readonly cancelRefund: CancelRefund;
  /** Hosts that finished files may be fetched from; a leading dot matches sub-domains. */
  readonly outputHosts: readonly string[];

  start(plan: GenerationPlan, context: StartContext): Promise<StartResult>;
  status(operation: Operation): Promise<OperationStatus>;
  /**
   * The handle of a generation that the vendor knows under this id of its own, for a start whose
   * answer was lost. Reads nothing: whether there is one is for `status` to say.
   */
  attach?(id: string, model: string): Operation;
  /** Absent when the vendor has no way to stop a running generation. */
  cancel?(operation: Operation): Promise<CancelResult>;
  /** A free read of the account. Never generates. */
  probe(): Promise<ProbeResult>;
  /** Absent when the vendor has no webhooks: then only polling carries the job. */
  readonly webhook?: WebhookReader;
  /** Absent when the vendor signs nothing, or has no way to register an endpoint. */
  registerWebhook?(url: string): Promise<WebhookRegistration>;
}

/** The vendor's handle of a running generation: opaque JSON that only its own folder reads. */
export type Operation = { readonly [key: string]: string | number | boolean | null };

/** One request in the shape that one model serves; every field is within that model's limits. */
export interface GenerationPlan {
  /** The catalogue id of the model. */
  readonly model: string;
  readonly mode: ModeName;
  /** Final prompt, or the script for `avatar` and `photo`. */
  readonly text: string;
  readonly negativePrompt?: string;
  readonly size: Size;
  readonly durationSeconds: number;
  readonly audio: boolean;
  /** The vendor takes the aspect ratio from the picture, so the file is not measured against `size`. */
  readonly shapeFromPicture?: true;
  readonly image?: string;
  readonly firstFrame?: string;
  readonly lastFrame?: string;
  readonly references?: readonly ReferenceImage[];
  readonly seed?: number;
}

export interface ReferenceImage {
  readonly url: string;
  /** 3–16 letters, digits or underscores, starting with a letter; used as `@tag` in the prompt. */
  readonly tag?: string;
}

export interface StartContext {
  /** `${jobId}:a${attempt}`: written before the call, the same for every repetition. */
  readonly idempotencyKey: string;
  /** Where the vendor may report the end, with a token of its own; absent when not reachable. */
  readonly callbackUrl?: string;
}

export type StartResult =
  | {
      readonly status: "started";
      readonly operation: Operation;
      readonly estimatedCostUsdMicros?: UsdMicros;
    }
  | { readonly status: "refused"; readonly failure: Failure };

export type OperationStatus =
  | {
      readonly status: "pending";
      /** The vendor's word when it is none that we know: taken as "not ended yet", and worth a look. */
      readonly unknownWord?: string;
    }
  | {
      readonly status: "succeeded";
      readonly outputUrl: string;
      readonly thumbnailUrl?: string;
      readonly costUsdMicros?: UsdMicros;
    }
  | { readonly status: "failed"; readonly failure: Failure; readonly costUsdMicros?: UsdMicros }
  | { readonly status: "cancelled"; readonly costUsdMicros?: UsdMicros }
  /** The vendor does not know the operation (any more). */
  | { readonly status: "missing" };

/** What a cancelled generation gives back. `none`: it is billed although nobody waits. */
export type CancelRefund = "full" | "none" | "unknown";

export type CancelResult =
  /** Stopped before it had ended. */
  | { readonly status: "confirmed" }
  /** Too late: how it had ended by itself, with its bill. */
  | { readonly status: "already_ended"; readonly ended: EndedStatus }
  /** Already gone, or the vendor said no. */
  | { readonly status: "unconfirmed" };

/** What a vendor says of a generation that it knows and that is over. */
export type EndedStatus = Exclude<OperationStatus, { status: "pending" | "missing" }>;

export type ProbeResult =
  | { readonly status: "ok"; readonly balanceUsdMicros?: UsdMicros }
  | { readonly status: "failed"; readonly failure: Failure };

export type WebhookRegistration =
  | {
      readonly status: "registered";
      readonly endpointId: string;
      /** Told once, and never again. */
      readonly signingSecret: string;
    }
  | { readonly status: "refused"; readonly failure: Failure };

/** Raw bytes in, a hint out. The hint is never believed: the engine reads the vendor again. */
export interface WebhookReader {
  /**
   * Signature and age, compared in constant time over the raw body. Absent when the vendor does
   * not sign: then only the token that we put into the callback URL vouches for a delivery.
   */
  verify?(delivery: WebhookDelivery, signingSecrets: readonly string[]): boolean;
  /** The generations that a delivery speaks of; empty for events that are not ours. */
  read(delivery: WebhookDelivery): readonly WebhookHint[];
}

export interface WebhookDelivery {
  readonly rawBody: Buffer;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

export interface WebhookHint {
  /** De-duplicates deliveries: the vendor's event id, or a hash of the body where it has none. */
  readonly deliveryId: string;
  /** Our idempotency key when the vendor echoes it, otherwise null. */
  readonly idempotencyKey: string | null;
}
