import { describe, expect, it } from "@jest/globals";
import { heygenSimulation } from "../../../simulation/vendors/heygen/simulator.js";
import { describeProviderContract, openVendorBench } from "../../../test/providers/provider.contract.js";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import { avatarPlan, photoPlan } from "./__fixtures__/plans.js";
import { vector } from "./__fixtures__/vectors.js";
import { heygen } from "./index.js";
import { models } from "./models.js";

describeProviderContract({ vendor: heygen, simulation: heygenSimulation, plan: avatarPlan });
describeProviderContract({
  vendor: { ...heygen, label: "HeyGen photo" },
  simulation: heygenSimulation,
  plan: photoPlan,
});

describe("the catalogue of HeyGen", () => {
  it("offers nothing that the vendor's machine refuses", async () => {
    for (const model of models) {
      // A machine of its own for each model: the account has ten places.
      const bench = await openVendorBench({ vendor: heygen, simulation: heygenSimulation });
      for (const [mode, { sizes, textLimit }] of Object.entries(model.modes)) {
        for (const [index, size] of sizes.entries()) {
          const plan: GenerationPlan = {
            ...(mode === "photo" ? photoPlan : avatarPlan),
            model: model.id,
            text: "é".repeat(textLimit.max - index),
            size,
          };
          const result = await bench.provider.start(plan, { idempotencyKey: `job_${index}:a1` });
          if (result.status === "refused") throw new Error(`${model.id}: ${result.failure.detail}`);
          bench.advance(7_200_000);
          const status = await bench.provider.status(result.operation);
          if (status.status !== "succeeded") throw new Error(`${model.id}: ${status.status}`);
          expect(fileBehind(status.outputUrl)).toMatchObject({
            model: model.id,
            width: size.width,
            height: size.height,
          });
        }
      }
      await bench.close();
    }
  });
});

describe("the simulated HeyGen and the vendor's test vectors", () => {
  it.each(["H1", "H2"])("takes the body of %s as it is", async (id) => {
    const bench = await openVendorBench({ vendor: heygen, simulation: heygenSimulation });
    const { req, res } = vector(id);
    const answer = bench.simulator.handle({
      method: req.m,
      path: req.p,
      query: new URLSearchParams(),
      headers: { "x-api-key": "canary-key-7f3a" },
      text: JSON.stringify(req.b),
    });
    await bench.close();
    expect(answer).toMatchObject({
      status: res.s,
      body: { data: { video_id: expect.any(String), status: "waiting", output_format: "mp4" } },
    });
  });
});

function fileBehind(url: string): unknown {
  const id = new URL(url).pathname.replace("/files/", "").replace(/\.\w+$/, "");
  return JSON.parse(Buffer.from(id, "base64url").toString());
}
