import { beforeEach, describe, expect, it } from "@jest/globals";
import { defaultPolicy, type Policy } from "../../domain/policy/policy.js";
import { builtInPolicy, type PublishedPolicy } from "../../domain/policy/publication.js";
import type { HealthStore } from "../../engine/ports/health-store.js";
import { startMs } from "./__fixtures__/jobs.js";

/** A style with a dot and a model with one: field names that a path would split. */
function policyOf(version: number, maxAttempts = 2): Policy {
  const limits = { ...defaultPolicy.limits, maxAttempts };
  return { ...defaultPolicy, version, limits, affinities: { "style:3.5mm": { "runway:gen4.5": 1 } } };
}

function publication(version: number, changes: Partial<PublishedPolicy> = {}): PublishedPolicy {
  return {
    policy: policyOf(version),
    author: "root",
    note: `version ${version}`,
    publishedAt: startMs + version,
    replaces: version - 1,
    ...changes,
  };
}

/** How every health store keeps policies. Each test starts with an empty store. */
export function describePolicyStoreContract(
  name: string,
  open: (now: () => number) => Promise<HealthStore>,
): void {
  let health: HealthStore;

  beforeEach(async () => {
    health = await open(() => startMs);
  });

  describe(`policies in the ${name} health store`, () => {
    it("are put into force beside the health, which stays as it is", async () => {
      await health.setSwitch("heygen", "off");
      await health.publishPolicy(publication(1));
      expect(await health.snapshot()).toMatchObject({
        policy: policyOf(1),
        health: { switches: { heygen: "off" } },
      });
      await health.setSwitch("heygen", "on");
      expect((await health.snapshot()).policy).toEqual(policyOf(1));
    });

    it("are kept with their author, note and time, and listed newest first", async () => {
      for (const version of [1, 2, 10]) await health.publishPolicy(publication(version));
      expect(await health.policyVersion(2)).toEqual(publication(2));
      expect(await health.listPolicies(2)).toEqual([publication(10), publication(2)]);
    });

    it("begin with the built-in one, which can be read and not be replaced", async () => {
      expect(await health.policyVersion(0)).toEqual(builtInPolicy);
      expect(await health.policyVersion(1)).toBeNull();
      expect(await health.listPolicies(10)).toEqual([]);
      await expect(health.publishPolicy(publication(0))).rejects.toMatchObject({ code: "already_exists" });
      expect((await health.snapshot()).policy).toEqual(defaultPolicy);
    });

    it("never change under their version; the same publication again is harmless", async () => {
      await health.publishPolicy(publication(1));
      await health.publishPolicy(publication(1));
      for (const other of [publication(1, { policy: policyOf(1, 3) }), publication(1, { author: "eve" })]) {
        await expect(health.publishPolicy(other)).rejects.toMatchObject({ code: "already_exists" });
      }
      expect(await health.listPolicies(10)).toEqual([publication(1)]);
      expect((await health.snapshot()).policy).toEqual(policyOf(1));
    });

    it("are published once per version, however many administrators do so together", async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 5 }, (_, index) =>
          health.publishPolicy(publication(1, { author: `root-${index}` })),
        ),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("may be watched in the shadow, until that is ended", async () => {
      await health.setShadow(policyOf(7));
      await health.setSwitch("heygen", "drain");
      await health.publishPolicy(publication(1));
      expect(await health.snapshot()).toMatchObject({ policy: policyOf(1), shadow: policyOf(7) });
      expect(await health.policyVersion(7)).toBeNull();
      await health.setShadow(null);
      expect(await health.snapshot()).toMatchObject({ policy: policyOf(1), shadow: null });
    });
  });
}
