import { randomUUID } from "node:crypto";
import type { Operation, VideoProvider } from "../../domain/provider/provider.js";
import { credentialIdOf, type Vendor, type VendorConfig } from "../shared/vendor.js";
import { fromAccount, fromSubmit, fromTask } from "./answers.js";
import { createRunwareClient } from "./client.js";
import { toBody } from "./mapping.js";
import { models } from "./models.js";
import { toTaskUuid } from "./task-uuid.js";
import { webhook } from "./webhook.js";

export const runware: Vendor = {
  id: "runware",
  label: "Runware",
  keyName: "RUNWARE_API_KEY",
  baseUrlName: "RUNWARE_BASE_URL",
  defaultBaseUrl: "https://api.runware.ai",
  settings: {},
  models,
  affinities: { "mode:frames": 0.9 },
  create: createRunware,
};

function createRunware(config: VendorConfig): VideoProvider {
  const client = createRunwareClient(config);
  return {
    id: "runware",
    credentialId: credentialIdOf("runware", config.apiKey),
    models,
    pollFloorMs: 1_000,
    startGuard: "idempotent",
    // There is no way to stop a task: giving up on one is billed all the same.
    cancelRefund: "none",
    outputHosts: [".runware.ai"],
    webhook,

    async start(plan, context) {
      const response = await client.submit(toBody(plan, context));
      return fromSubmit(response, toTaskUuid(context.idempotencyKey), config.now());
    },

    attach: (taskUUID) => ({ taskUUID }),

    // One task a request, although a list could hold several: that lists of polls are answered
    // together is not confirmed, and the vendor's own SDK asks one by one.
    async status(operation) {
      const taskUuid = taskUuidOf(operation);
      return fromTask(await client.getResponse(taskUuid), taskUuid, config.now());
    },

    async probe() {
      return fromAccount(await client.accountDetails(randomUUID()), config.now());
    },
  };
}

function taskUuidOf(operation: Operation): string {
  const { taskUUID } = operation;
  if (typeof taskUUID !== "string") throw new Error("not an operation of this provider");
  return taskUUID;
}
