import { checkHealth } from "../engine/check-health.js";
import { sweep } from "../engine/sweep.js";
import { startFunctionsHost } from "./functions-host.js";
import { projectId, region } from "./local-cloud.js";
const sweepEveryMs = 60_000;
const healthEveryMs = 300_000;
/**
 * Serves the deployed functions over the local cloud. What differs from a deployment is the clock,
 * and the stores where there is no Firestore emulator.
 */
export async function startLocalFunctions(options) {
    Object.assign(process.env, options.environment);
    const { clock } = options;
    let deps;
    const host = await startFunctionsHost({
        projectId,
        region,
        ...(options.port === undefined ? {} : { port: options.port }),
        routes: [
            async (path, response) => {
                for (const route of deps === undefined ? [] : options.routes(deps)) {
                    if (await route(path, response))
                        return true;
                }
                return false;
            },
        ],
        load: async (functionsUrl) => {
            process.env.FUNCTIONS_BASE_URL = functionsUrl;
            // Only now: what is imported reads the environment that was just set.
            const [{ cert, getApps, initializeApp }, { composeDeps }, { readConfiguration }, { useRuntime }, functions,] = await Promise.all([
                import("firebase-admin/app"),
                import("../entrypoints/compose.js"),
                import("../entrypoints/config.js"),
                import("../entrypoints/runtime.js"),
                import("../index.js"),
            ]);
            const configuration = readConfiguration(process.env);
            const { clientEmail, privateKey } = options.signingKey;
            if (getApps().length === 0) {
                initializeApp({
                    projectId,
                    storageBucket: configuration.storageBucket,
                    credential: cert({ projectId, clientEmail, privateKey }),
                });
            }
            deps = await composeDeps(configuration, {
                now: () => clock.now(),
                ...(options.stores === undefined ? {} : { stores: options.stores }),
            });
            useRuntime(deps);
            return functions;
        },
    });
    if (deps === undefined)
        throw new Error("the functions were not loaded");
    const stopSchedules = startSchedules(deps, clock);
    return {
        host,
        deps,
        async close() {
            stopSchedules();
            await host.close();
        },
    };
}
/** What Cloud Scheduler does in a deployment. */
function startSchedules(deps, clock) {
    const stops = [
        every(clock, sweepEveryMs, () => sweep(deps)),
        every(clock, healthEveryMs, () => checkHealth(deps)),
    ];
    return () => {
        for (const stop of stops)
            stop();
    };
}
function every(clock, periodMs, run) {
    let stopped = false;
    let cancel = () => { };
    const wait = () => {
        cancel = clock.schedule(clock.now() + periodMs, () => {
            void run()
                .catch(() => undefined)
                .finally(() => {
                if (!stopped)
                    wait();
            });
        });
    };
    wait();
    return () => {
        stopped = true;
        cancel();
    };
}
//# sourceMappingURL=local-functions.js.map