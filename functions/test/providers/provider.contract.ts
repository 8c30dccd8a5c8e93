import { afterEach, describe, expect, it } from "@jest/globals";
import { fileUrl, hostSimulator, type SimulatorHost } from "../../simulation/kit/vendor-host.js";
import { FaultPlan, parseFault } from "../../simulation/vendors/shared/faults.js";
import type { Simulator, VendorSimulation } from "../../simulation/vendors/shared/simulator.js";
import { UnreachableError } from "../../src/domain/errors.js";
import type { GenerationPlan, Operation, VideoProvider } from "../../src/domain/provider/provider.js";
import { createHttpClient } from "../../src/providers/shared/http.js";
import type { Vendor } from "../../src/providers/shared/vendor.js";

const apiKey = "canary-key-7f3a";

/** What a contract test needs to know of a vendor: how to build both ends, and one valid plan. */
export interface ContractSubject {
  readonly vendor: Vendor;
  readonly simulation: VendorSimulation;
  readonly plan: GenerationPlan;
}

/** A vendor's real client against its simulator over real HTTP, with a clock moved by hand. */
export interface VendorBench {
  readonly provider: VideoProvider;
  readonly simulator: Simulator;
  readonly host: SimulatorHost;
  advance(ms: number): void;
  close(): Promise<void>;
}

export async function openVendorBench(
  subject: Pick<ContractSubject, "vendor" | "simulation">,
  options: { faults?: readonly string[]; key?: string } = {},
): Promise<VendorBench> {
  let now = Date.parse("2026-11-21T04:00:00Z");
  const specs = (options.faults ?? []).map((text) =>
    parseFault(`${subject.vendor.id}:${text}`, [subject.vendor.id]),
  );
  const faults = new FaultPlan(specs);
  let simulator: Simulator | undefined;
  const host = await hostSimulator(
    (origin) => {
      simulator = subject.simulation.create(
        {
          now: () => now,
          random: () => 0.5,
          generationFault: () => faults.takeGenerationFault(),
          fileUrl: (file) => fileUrl(origin, file),
        },
        apiKey,
      );
      return simulator;
    },
    {
      render: async () => ({ contentType: "video/mp4", bytes: Buffer.from("file") }),
      faults,
      isStart: subject.simulation.isStart,
    },
  );
  if (simulator === undefined) throw new Error("the host did not create its simulator");
  const provider = subject.vendor.create({
    apiKey: options.key ?? apiKey,
    baseUrl: host.origin,
    settings: Object.fromEntries(
      Object.entries(subject.vendor.settings).map(([name, setting]) => [
        name,
        setting.default || "test-value",
      ]),
    ),
    http: createHttpClient({ minRetryDelayMs: 1 }),
    now: () => now,
  });
  return {
    provider,
    simulator,
    host,
    advance: (ms) => {
      now += ms;
    },
    close: () => host.close(),
  };
}

/** The behaviour that every vendor owes the engine, driven over real HTTP. */
export function describeProviderContract(subject: ContractSubject): void {
  const { plan } = subject;
  const context = { idempotencyKey: "job_42:a1" };
  let open: VendorBench | undefined;

  async function bench(...faults: string[]): Promise<VendorBench> {
    open = await openVendorBench(subject, { faults });
    return open;
  }

  async function started(at: VendorBench): Promise<Operation> {
    const result = await at.provider.start(plan, context);
    if (result.status !== "started") throw new Error(`refused: ${JSON.stringify(result.failure)}`);
    return result.operation;
  }

  async function refusal(at: VendorBench) {
    const result = await at.provider.start(plan, context);
    if (result.status !== "refused") throw new Error("the start was accepted");
    return result.failure;
  }

  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  describe(`the ${subject.vendor.label} provider`, () => {
    it("carries a generation from start to a file that can be fetched", async () => {
      const at = await bench();
      const operation = await started(at);
      expect((await at.provider.status(operation)).status).toBe("pending");
      at.advance(3_600_000);
      const status = await at.provider.status(operation);
      if (status.status !== "succeeded") throw new Error(`not finished: ${status.status}`);
      expect((await fetch(status.outputUrl)).status).toBe(200);
      expect(at.simulator.paidStarts()).toHaveLength(1);
    });

    it("tells its key from another one by a fingerprint that shows neither", async () => {
      const { credentialId } = (await bench()).provider;
      await open?.close();
      open = await openVendorBench(subject, { key: "another-key" });
      expect(credentialId).toMatch(/^[0-9a-f]{8}$/);
      expect(open.provider.credentialId).toMatch(/^[0-9a-f]{8}$/);
      expect(open.provider.credentialId).not.toBe(credentialId);
      await open.close();
      expect((await bench()).provider.credentialId).toBe(credentialId);
    });

    it("stores an operation that survives JSON", async () => {
      const at = await bench();
      const operation = JSON.parse(JSON.stringify(await started(at))) as Operation;
      expect((await at.provider.status(operation)).status).toBe("pending");
    });

    it("makes the same operation of the vendor's own id, for a start whose answer was lost", async () => {
      const at = await bench();
      const operation = await started(at);
      const [paid] = at.simulator.paidStarts();
      expect(at.provider.attach?.(paid?.id ?? "", plan.model)).toEqual(operation);
    });

    it("pays at most once when the answer to a start is lost", async () => {
      const at = await bench("lost*1");
      const outcome = await at.provider.start(plan, context).catch((error: unknown) => error);
      if (at.provider.startGuard === "send_once") {
        expect(outcome).toBeInstanceOf(UnreachableError);
        expect(outcome).toMatchObject({ sent: "maybe" });
      } else {
        expect(outcome).toMatchObject({ status: "started" });
      }
      expect(at.simulator.paidStarts()).toHaveLength(1);
    });

    it("treats the same key sent twice as its start guard says", async () => {
      const at = await bench();
      await started(at);
      if (at.provider.startGuard === "idempotent") {
        await started(at);
        expect(at.simulator.paidStarts()).toHaveLength(1);
      } else {
        expect(at.host.requests).toHaveLength(1);
      }
    });

    it("sends a start that the vendor turns away no more than its guard allows", async () => {
      const at = await bench("down");
      expect(await refusal(at)).toMatchObject({ code: "server_error", statusCode: 503 });
      expect(at.host.requests).toHaveLength(at.provider.startGuard === "send_once" ? 1 : 3);
      expect(at.simulator.paidStarts()).toHaveLength(0);
    });

    it("does not take a refusal for a verdict when an earlier copy of the start went unanswered", async () => {
      const at = await bench("lost*1", "down");
      await expect(at.provider.start(plan, context)).rejects.toMatchObject({ sent: "maybe" });
      expect(at.simulator.paidStarts()).toHaveLength(1);
    });

    it("throws when it could not find out, instead of blaming the job", async () => {
      const at = await bench();
      const operation = await started(at);
      await at.close();
      await expect(at.provider.status(operation)).rejects.toBeInstanceOf(UnreachableError);
    });

    it("throws on HTML where JSON was promised", async () => {
      const at = await bench("html");
      await expect(at.provider.start(plan, context)).rejects.toMatchObject({ sent: "maybe" });
    });

    it("reports a wrong key as authentication, and never repeats the key", async () => {
      const at = await bench();
      open = await openVendorBench(subject, { key: "wrong" });
      await at.close();
      const failure = await refusal(open);
      expect(failure.code).toBe("authentication");
      expect(JSON.stringify(failure)).not.toContain("wrong-");
    });

    it("reports an empty vendor account as vendor_quota", async () => {
      expect((await refusal(await bench("no-credits"))).code).toBe("vendor_quota");
    });

    it("reports the vendor's limit as rate_limited", async () => {
      expect((await refusal(await bench("rate-limit"))).code).toBe("rate_limited");
    });

    it("reports moderation as content_blocked", async () => {
      const at = await bench("moderated");
      const result = await at.provider.start(plan, context);
      if (result.status === "refused") {
        expect(result.failure.code).toBe("content_blocked");
        return;
      }
      at.advance(3_600_000);
      expect(await at.provider.status(result.operation)).toMatchObject({
        status: "failed",
        failure: { code: "content_blocked" },
      });
    });

    it("reports a generation that breaks inside the vendor as the vendor's fault", async () => {
      const at = await bench("fail");
      const operation = await started(at);
      at.advance(3_600_000);
      expect(await at.provider.status(operation)).toMatchObject({
        status: "failed",
        failure: { code: "processing_failed" },
      });
    });

    it("answers a probe without starting anything", async () => {
      const at = await bench();
      expect((await at.provider.probe()).status).toBe("ok");
      expect(at.simulator.paidStarts()).toHaveLength(0);
    });

    it("reports a wrong key in a probe", async () => {
      open = await openVendorBench(subject, { key: "wrong" });
      expect(await open.provider.probe()).toMatchObject({
        status: "failed",
        failure: { code: "authentication" },
      });
    });

    it("cancels where the vendor can, and says so where it cannot", async () => {
      const at = await bench();
      const operation = await started(at);
      if (at.provider.cancel === undefined) {
        expect(at.provider.cancelRefund).toBe("none");
        return;
      }
      expect(await at.provider.cancel(operation)).toEqual({ status: "confirmed" });
      expect(["missing", "cancelled"]).toContain((await at.provider.status(operation)).status);
    });

    it("does not report a generation as stopped that had ended, and leaves it where it is", async () => {
      const at = await bench();
      const operation = await started(at);
      at.advance(3_600_000);
      if (at.provider.cancel === undefined) return;
      const ended = await at.provider.status(operation);
      expect(ended).toMatchObject({ status: "succeeded", costUsdMicros: expect.any(Number) });
      expect(await at.provider.cancel(operation)).toEqual({ status: "already_ended", ended });
      expect(await at.provider.status(operation)).toEqual(ended);
    });
  });
}
