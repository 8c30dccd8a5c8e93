import { z } from "zod";
import { sha256 } from "../../domain/hash.js";
import type { WebhookDelivery, WebhookHint, WebhookReader } from "../../domain/provider/provider.js";
import { parseJson } from "../shared/answer.js";

const itemSchema = z.object({ taskUUID: z.string(), taskType: z.string().nullish() });
const itemsSchema = z.array(itemSchema);

/**
 * The vendor signs nothing, so there is no `verify`. Its own pages disagree whether a delivery is
 * one flat task or `{data: [...]}`; both are read. It sends no event id either.
 */
export const webhook: WebhookReader = {
  read(delivery: WebhookDelivery): readonly WebhookHint[] {
    const text = delivery.rawBody.toString("utf8");
    if (!isAboutGeneration(parseJson(text))) return [];
    // The task UUID is made from our key and cannot be turned back into it.
    return [{ deliveryId: sha256(text), idempotencyKey: null }];
  },
};

function isAboutGeneration(body: unknown): boolean {
  const flat = itemSchema.safeParse(body);
  if (flat.success) return isGeneration(flat.data.taskType);
  const envelope = z.object({ data: itemsSchema.nullish(), errors: itemsSchema.nullish() }).safeParse(body);
  if (!envelope.success) return false;
  return [...(envelope.data.data ?? []), ...(envelope.data.errors ?? [])].some((item) =>
    isGeneration(item.taskType),
  );
}

function isGeneration(taskType: string | null | undefined): boolean {
  return taskType == null || taskType === "videoInference" || taskType === "imageInference";
}
