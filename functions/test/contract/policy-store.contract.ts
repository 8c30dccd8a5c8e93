import { beforeEach, describe, expect, it } from "@jest/globals";
import { defaultPolicy, type Policy } from "../../src/domain/policy/policy.js";
import { builtInPolicy, type PublishedPolicy } from "../../src/domain/policy/publication.js";
import type { SnapshotStores } from "../../src/engine/ports/snapshot-stores.js";
import { startMs } from "./fixtures/jobs.js";

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

/** How every policy store keeps policies. Each test starts with an empty store. */
export function describePolicyStoreContract(
  name: string,
  open: (now: () => number) => Promise<SnapshotStores>,
): void {
  let stores: SnapshotStores;

  beforeEach(async () => {
    stores = await open(() => startMs);
  });

  describe(`the ${name} policy store`, () => {
    it("are put into force beside the health, which stays as it is", async () => {
      await stores.health.setSwitch("heygen", "off");
      await stores.policies.publish(publication(1));
      expect(await stores.snapshot()).toMatchObject({
        policy: policyOf(1),
        health: { switches: { heygen: "off" } },
      });
      await stores.health.setSwitch("heygen", "on");
      expect((await stores.snapshot()).policy).toEqual(policyOf(1));
    });

    it("are kept with their author, note and time, and listed newest first", async () => {
      for (const version of [1, 2, 10]) await stores.policies.publish(publication(version));
      expect(await stores.policies.version(2)).toEqual(publication(2));
      expect(await stores.policies.list(2)).toEqual([publication(10), publication(2)]);
    });

    it("begin with the built-in one, which can be read and not be replaced", async () => {
      expect(await stores.policies.version(0)).toEqual(builtInPolicy);
      expect(await stores.policies.version(1)).toBeNull();
      expect(await stores.policies.list(10)).toEqual([]);
      await expect(stores.policies.publish(publication(0))).rejects.toMatchObject({ code: "already_exists" });
      expect((await stores.snapshot()).policy).toEqual(defaultPolicy);
    });

    it("never change under their version; the same publication again is harmless", async () => {
      await stores.policies.publish(publication(1));
      await stores.policies.publish(publication(1));
      for (const other of [publication(1, { policy: policyOf(1, 3) }), publication(1, { author: "eve" })]) {
        await expect(stores.policies.publish(other)).rejects.toMatchObject({ code: "already_exists" });
      }
      expect(await stores.policies.list(10)).toEqual([publication(1)]);
      expect((await stores.snapshot()).policy).toEqual(policyOf(1));
    });

    it("are published once per version, however many administrators do so together", async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 5 }, (_, index) =>
          stores.policies.publish(publication(1, { author: `root-${index}` })),
        ),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("may be watched in the shadow, until that is ended", async () => {
      await stores.policies.setShadow(policyOf(7));
      await stores.health.setSwitch("heygen", "drain");
      await stores.policies.publish(publication(1));
      expect(await stores.snapshot()).toMatchObject({ policy: policyOf(1), shadow: policyOf(7) });
      expect(await stores.policies.version(7)).toBeNull();
      await stores.policies.setShadow(null);
      expect(await stores.snapshot()).toMatchObject({ policy: policyOf(1), shadow: null });
    });
  });
}
