import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { GenerationPlan, Operation, VideoProvider } from "../domain/provider/provider.js";
import { photoPlan } from "./heygen/__fixtures__/plans.js";
import { vendors } from "./index.js";
import { vectorPlans } from "./runway/__fixtures__/plans.js";
import { createHttpClient } from "./shared/http.js";

const apiKey = "canary-key-e4c0";
const key = "job_42:a1";
const runwarePlan = { ...vectorPlans.R1, model: "runware:google:3@3", durationSeconds: 4 };
const subjects: Readonly<Record<string, { plan: GenerationPlan; operation: Operation }>> = {
  heygen: { plan: photoPlan, operation: { videoId: "vid_1", model: photoPlan.model } },
  runway: { plan: vectorPlans.R1, operation: { taskId: "17f20503-6c24-4c16-946b-35dbbce2af2f" } },
  runware: { plan: runwarePlan, operation: { taskUUID: "17f20503-6c24-4c16-946b-35dbbce2af2f" } },
};

/** Refuses with all that it was shown, in every field in which a vendor says why. */
let server: Server;
let status: number;
let shown: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const said = `Invalid key: ${JSON.stringify(request.headers)}`;
    shown.push(said);
    const error = { code: said, message: said, param: said, type: said };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        error: said,
        message: said,
        code: said,
        detail: said,
        errors: [error],
        data: { error },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const calls: readonly ((provider: VideoProvider, at: (typeof subjects)[string]) => unknown)[] = [
  (provider, { plan }) => provider.start(plan, { idempotencyKey: key }),
  (provider, { operation }) => provider.status(operation),
  (provider, { operation }) => provider.cancel?.(operation),
  (provider) => provider.probe(),
];

describe.each(Object.keys(subjects))("a key that %s repeats in its answers", (id) => {
  it.each([200, 400, 401, 403, 404, 422, 429, 500])(
    "is in nothing that is kept, told or thrown, under status %i",
    async (answered) => {
      status = answered;
      shown = [];
      const vendor = vendors.find((one) => one.id === id);
      const subject = subjects[id];
      if (vendor === undefined || subject === undefined) throw new Error(`${id} is no vendor`);
      const provider = vendor.create({
        apiKey,
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        settings: {},
        http: createHttpClient({ minRetryDelayMs: 1 }),
        now: () => 1_795_233_600_000,
      });
      for (const call of calls) {
        const outcome: unknown = await Promise.resolve(call(provider, subject)).catch(
          (error: unknown) => error,
        );
        expect(inspect(outcome, { depth: 20, maxStringLength: null, showHidden: true })).not.toContain(
          apiKey,
        );
      }
      expect(shown.length).toBeGreaterThanOrEqual(3);
      expect(shown.join()).toContain(apiKey);
    },
  );
});
