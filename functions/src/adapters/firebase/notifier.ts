import type { Firestore } from "firebase-admin/firestore";
import type { Job } from "../../domain/job/job.js";
import type { Notifier } from "../../engine/ports/notifier.js";
import type { InboxMessage } from "./documents/account.js";
import { grpc, grpcCode } from "./grpc.js";
import { inboxDocument } from "./paths.js";

/** Puts one message into the owner's inbox, `users/{uid}/inbox/{jobId}`, however often it is called. */
export function firebaseNotifier(db: Firestore): Notifier {
  return {
    async jobEnded(job) {
      try {
        await inboxDocument(db, job.uid, job.id).create(toMessage(job));
      } catch (error) {
        if (grpcCode(error) !== grpc.alreadyExists) throw error;
      }
    },
  };
}

function toMessage(job: Job): InboxMessage {
  return {
    jobId: job.id,
    status: job.status,
    ...(job.error === null ? {} : { code: job.error.code }),
    message: job.error?.message ?? "Your video is ready.",
    createdAt: job.endedAt ?? job.updatedAt,
  };
}
