import { closedCircuit } from "../../domain/circuit.js";
import { afterObservations } from "../shared/circuits-after.js";
import { checkPublished } from "../shared/published-policy.js";
import { readSnapshot } from "./health-document.js";
import { optimistically } from "./optimistic.js";
import { policyDocument, shardDocuments, snapshotDocument } from "./paths.js";
import { createStatsShards, foldShards, shardCount } from "./stats-shards.js";
/** How long an instance decides by the same snapshot. Its own changes it sees at once. */
const cacheMs = 15_000;
/** Health and policy in one Firestore document that every decision reads. */
export function firebaseHealthStore(db, { log, now }) {
    const stats = createStatsShards(db, now, log);
    let cached;
    let reading;
    function keep({ policy, health }) {
        const snapshot = { policy, health };
        cached = { snapshot, readAt: now() };
        return snapshot;
    }
    async function current() {
        if (cached !== undefined && now() - cached.readAt < cacheMs)
            return cached.snapshot;
        // Requests that arrive together share one read.
        reading ??= readSnapshot(db, log)
            .then(keep)
            .finally(() => {
            reading = undefined;
        });
        return reading;
    }
    /** Commits what `change` makes of the health; the same object, or `null`, writes nothing. */
    async function changeHealth(change) {
        return optimistically(async () => {
            const stored = await readSnapshot(db, log);
            const batch = db.batch();
            const health = await change(stored, batch);
            if (health !== null && health !== stored.health) {
                writePart(db, batch, stored, { health });
                await batch.commit();
            }
            keep({ policy: stored.policy, health: health ?? stored.health });
            return health;
        });
    }
    return {
        async snapshot() {
            await stats.flush();
            return current();
        },
        async record(observations) {
            stats.add(observations);
            await stats.flush();
            const { policy, health } = await current();
            // By the cache first: a circuit that is open already, or traffic that goes well, costs nothing.
            if (afterObservations(health, observations, now(), policy.breaker) === health)
                return;
            await changeHealth((stored) => afterObservations(stored.health, observations, now(), stored.policy.breaker));
        },
        async changeCircuit(key, change) {
            const health = await changeHealth(({ health }) => {
                const circuit = health.circuits[key] ?? closedCircuit;
                const next = change(circuit);
                if (next === null)
                    return null;
                return next === circuit ? health : { ...health, circuits: { ...health.circuits, [key]: next } };
            });
            return health === null ? null : (health.circuits[key] ?? closedCircuit);
        },
        async setSwitch(provider, value) {
            await changeHealth(({ health }) => ({
                ...health,
                switches: { ...health.switches, [provider]: value },
            }));
        },
        async setProbes(balances, running) {
            await stats.flushNow();
            await changeHealth(async ({ health, policy }, batch) => {
                const shards = await takeShards(db, batch);
                const { halfLifeSeconds } = policy.health;
                const folded = foldShards(health.stats, shards, now(), halfLifeSeconds);
                return { ...health, stats: folded, balances, running, checkedAt: now() };
            });
        },
        async publishPolicy(policy) {
            await optimistically(async () => {
                const version = policyDocument(db, policy.version);
                const [published, stored] = await Promise.all([version.get(), readSnapshot(db, log)]);
                // Written by the lines below and by nothing else.
                checkPublished(published.exists ? published.data() : null, policy);
                const batch = db.batch();
                if (!published.exists)
                    batch.create(version, { ...policy });
                writePart(db, batch, stored, { policy });
                await batch.commit();
                keep({ policy, health: stored.health });
            });
        },
    };
}
/** Replaces one half of the document, if it is still as it was read. */
function writePart(db, batch, { updateTime }, part) {
    const document = snapshotDocument(db);
    if (updateTime === undefined)
        batch.create(document, part);
    else
        batch.update(document, part, { lastUpdateTime: updateTime });
}
/** Reads the shards and deletes them with the commit, which fails when one has grown meanwhile. */
async function takeShards(db, batch) {
    const shards = await db.getAll(...shardDocuments(db, shardCount));
    const filled = shards.filter((shard) => shard.exists);
    for (const { ref, updateTime } of filled) {
        if (updateTime !== undefined)
            batch.delete(ref, { lastUpdateTime: updateTime });
    }
    return filled;
}
//# sourceMappingURL=health-store.js.map