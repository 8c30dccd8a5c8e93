import { beforeEach, describe, expect, it } from "@jest/globals";
import { setIsolated, takeTrial } from "../../src/domain/health/circuit.js";
import type { Observation } from "../../src/domain/health/stats.js";
import { defaultPolicy } from "../../src/domain/policy/policy.js";
import type { SnapshotStores } from "../../src/engine/ports/snapshot-stores.js";
import { startMs } from "./fixtures/jobs.js";

const model = "runway:gen4.5";
const success: Observation = { provider: "runway", model, outcome: { ok: true, seconds: 40 } };
const failure: Observation = { provider: "runway", model, outcome: { ok: false, code: "processing_failed" } };
const blocked: Observation = { provider: "runway", model, outcome: { ok: false, code: "content_blocked" } };
const outage: Observation = { provider: "runway", model, outcome: { ok: false, code: "server_error" } };

/** What every health store owes the engine. Each test starts with an empty store. */
export function describeHealthStoreContract(
  name: string,
  open: (now: () => number) => Promise<SnapshotStores>,
): void {
  let stores: SnapshotStores;
  let now: number;

  beforeEach(async () => {
    now = startMs;
    stores = await open(() => now);
  });

  const circuit = async (key: string) => (await stores.snapshot()).health.circuits[key];

  describe(`the ${name} health store`, () => {
    it("starts with the built-in policy and no history", async () => {
      expect(await stores.snapshot()).toEqual({
        policy: defaultPolicy,
        health: { circuits: {}, stats: {}, switches: {}, balances: {}, running: {}, checkedAt: 0 },
        shadow: null,
      });
    });

    it("opens the circuit of a model that fails again and again, and no other", async () => {
      await stores.health.record([failure]);
      await stores.health.record([failure]);
      expect(await circuit(model)).toMatchObject({ state: "closed", consecutiveFailures: 2 });
      await stores.health.record([failure]);
      expect(await circuit(model)).toMatchObject({ state: "open", lastFailure: "processing_failed" });
      expect(await circuit("runway")).toBeUndefined();
    });

    it("opens the circuit of the provider when the provider is down", async () => {
      await stores.health.record([outage, outage, outage]);
      expect(await circuit("runway")).toMatchObject({ state: "open" });
    });

    it("forgets a row of failures after a success", async () => {
      await stores.health.record([failure, failure]);
      await stores.health.record([success]);
      await stores.health.record([failure]);
      expect(await circuit(model)).toMatchObject({ state: "closed", consecutiveFailures: 1 });
    });

    it("knows the share of failures although it does not write every success", async () => {
      const mixed = [success, success, failure, success, success, success, failure];
      for (const observation of [...mixed, ...mixed, ...mixed]) {
        now += 1_000;
        await stores.health.record([observation]);
      }
      expect(await circuit(model)).toMatchObject({ state: "closed", consecutiveFailures: 1 });
      for (const observation of [success, failure, failure, success, failure, failure, success, failure]) {
        now += 1_000;
        await stores.health.record([observation]);
      }
      for (const observation of [failure, success, failure, failure, success, failure]) {
        now += 1_000;
        await stores.health.record([observation]);
      }
      expect(await circuit(model)).toMatchObject({ state: "open" });
    });

    it("gives the trial of a half-open circuit to one of ten that ask together", async () => {
      await stores.health.record([failure, failure, failure]);
      now += defaultPolicy.breaker.openSeconds * 1_000;
      const taken = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          stores.health.changeCircuit(model, (current) =>
            takeTrial(current, `job-${index}`, now, defaultPolicy.breaker),
          ),
        ),
      );
      const owners = taken.flatMap((result) => result?.trial?.owner ?? []);
      expect(owners).toHaveLength(1);
      expect((await circuit(model))?.trial?.owner).toBe(owners[0]);
    });

    it("leaves a circuit as it is when the change is null or nothing", async () => {
      expect(await stores.health.changeCircuit(model, () => null)).toBeNull();
      expect(await stores.health.changeCircuit(model, (current) => current)).toMatchObject({
        state: "closed",
      });
      expect(await circuit(model)).toBeUndefined();
    });

    it("keeps an isolated circuit and a switch until they are taken back", async () => {
      await stores.health.changeCircuit(model, (current) => setIsolated(current, true, now));
      await stores.health.setSwitch("heygen", "drain");
      await stores.health.record([success]);
      const { health: state } = await stores.snapshot();
      expect(state.circuits[model]).toMatchObject({ state: "isolated" });
      expect(state.switches).toEqual({ heygen: "drain" });
    });

    it("keeps what the latest probes found", async () => {
      await stores.health.setProbes({ runway: 5_000_000, runware: 1 }, { [model]: 3 });
      now += 60_000;
      await stores.health.setProbes({ runway: 4_000_000 }, {});
      const { health: state } = await stores.snapshot();
      expect(state).toMatchObject({ checkedAt: now });
      expect(state.balances).toEqual({ runway: 4_000_000 });
      expect(state.running).toEqual({});
    });

    it("does not count a user's own fault against a model", async () => {
      await stores.health.record([success, blocked, blocked]);
      await stores.health.record([blocked, { ...blocked, model: "runway:other" }]);
      await stores.health.setProbes({}, {});
      const { stats } = (await stores.snapshot()).health;
      expect(stats[model]).toEqual({ successes: 1, failures: 0, secondsSum: 40, at: now });
      expect(stats["runway:other"]).toEqual({ successes: 0, failures: 0, secondsSum: 0, at: now });
    });

    it("sums up what was observed and lets it lose half its weight in a half-life", async () => {
      await stores.health.record([success, success]);
      await stores.health.record([failure]);
      await stores.health.setProbes({}, {});
      const fresh = (await stores.snapshot()).health.stats[model];
      expect(fresh).toEqual({ successes: 2, failures: 1, secondsSum: 80, at: now });
      now += defaultPolicy.health.halfLifeSeconds * 1_000;
      await stores.health.record([success]);
      await stores.health.setProbes({}, {});
      const later = (await stores.snapshot()).health.stats[model];
      expect(later).toEqual({ successes: 2, failures: 0.5, secondsSum: 80, at: now });
    });
  });
}
