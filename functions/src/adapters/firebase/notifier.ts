import type { Firestore } from "firebase-admin/firestore";
import type { Job } from "../../domain/job/job.js";
import type { Notifier } from "../../engine/ports/notifier.js";
import type { InboxMessage } from "./documents/account.js";
import { grpc, grpcCode } from "./grpc.js";
import { inboxDocument } from "./paths.js";

/** Puts one message into the owner's inbox, `users/{uid}/inbox/{jobId}`, however often it is called. */
export function firebaseNotifier(db: Firestore): Notifier {
  return {
    async jobEnded(job, lowBalance) {
      try {
        await inboxDocument(db, job.uid, job.id).create(toMessage(job, lowBalance));
      } catch (error) {
        if (grpcCode(error) !== grpc.alreadyExists) throw error;
      }
    },
  };
}

function toMessage(job: Job, lowBalance: number | null): InboxMessage {
  const message = job.error?.message ?? "Your video is ready.";
  return {
    jobId: job.id,
    status: job.status,
    ...(job.error === null ? {} : { code: job.error.code }),
    message: lowBalance === null ? message : `${message} ${balanceWords(lowBalance)}`,
    ...(lowBalance === null ? {} : { lowBalance }),
    createdAt: job.endedAt ?? job.updatedAt,
  };
}

function balanceWords(credits: number): string {
  if (credits === 0) return "No credits are left.";
  return credits === 1 ? "Only 1 credit is left." : `Only ${credits} credits are left.`;
}
