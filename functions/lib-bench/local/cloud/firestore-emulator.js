import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { findFirestoreJars } from "./firestore-jar.js";
import { startJava } from "./java-process.js";
const host = "127.0.0.1";
/** The JARs name no main class in their manifest, so `java -jar` refuses some of them. */
const mainClass = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
const startTimeoutMs = 45_000;
const askAgainMs = 50;
/**
 * Google's Firestore emulator as a child process on a free port. Not in single-project mode: every
 * project id is a database of its own under the same rules, which keeps test files apart.
 */
export async function startFirestoreEmulator(options) {
    const environment = options.environment ?? process.env;
    const obstacle = await findObstacle(options.rulesFile, environment);
    if (obstacle !== null)
        return { status: "unavailable", reason: obstacle };
    let reason = "no Firestore emulator was found: install it or set FIRESTORE_EMULATOR_JAR";
    // A JAR may want a newer Java than there is; an older one beside it can still serve.
    for (const jar of findFirestoreJars(environment)) {
        const start = await startJar(jar, options.rulesFile);
        if (start.status === "running") {
            return {
                status: "running",
                emulator: { host, port: start.port, projectId: options.projectId ?? "demo-reelay", stop: start.stop },
            };
        }
        reason = start.reason;
    }
    return { status: "unavailable", reason };
}
async function findObstacle(rulesFile, environment) {
    if (environment.NO_JAVA === "1")
        return "the Firestore emulator is switched off by NO_JAVA=1";
    if (!existsSync(rulesFile))
        return `the rules file ${rulesFile} does not exist`;
    const hasJava = await promisify(execFile)("java", ["-version"], { timeout: 20_000 }).then(() => true, () => false);
    return hasJava ? null : "the Firestore emulator needs Java 11 or later, and `java -version` does not work";
}
async function startJar(jar, rulesFile) {
    if (!existsSync(jar))
        return { status: "failed", reason: `the Firestore emulator ${jar} does not exist` };
    const port = await freePort();
    const java = startJava([
        // Without a limit it grew to 1.4 GB in a load test (2026-11-21).
        "-Xmx768m",
        "-Duser.language=en",
        "-cp",
        jar,
        mainClass,
        `--host=${host}`,
        `--port=${port}`,
        `--rules=${rulesFile}`,
    ]);
    if (await answersInTime(java, port))
        return { status: "running", port, stop: () => java.stop() };
    const said = java.lastLine() || "it printed nothing";
    await java.stop();
    return { status: "failed", reason: `the Firestore emulator ${jar} did not start: ${said}` };
}
async function answersInTime(java, port) {
    const giveUpAt = performance.now() + startTimeoutMs;
    while (!java.hasEnded() && performance.now() < giveUpAt) {
        if (await answers(port))
            return true;
        await delay(askAgainMs);
    }
    return false;
}
function answers(port) {
    return fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(1_000) }).then((response) => response.body?.cancel().then(() => response.ok) ?? response.ok, () => false);
}
/** A port that was free a moment ago. The emulator cannot choose one itself. */
function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once("error", reject);
        server.listen(0, host, () => {
            const address = server.address();
            server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
        });
    });
}
//# sourceMappingURL=firestore-emulator.js.map