import { v2 } from "@google-cloud/tasks";
import { PassThroughClient } from "google-auth-library";
import { manualClock } from "../clock.js";
import { readBody, startLoopbackServer } from "../loopback-server.js";
import { startTasksServer } from "../tasks-server.js";
export const startMs = Date.parse("2026-11-21T12:00:00Z");
export async function openTasksBench(settings = {}) {
    const clock = manualClock(startMs);
    const deliveries = [];
    const target = await startLoopbackServer(async (request, response) => {
        const body = (await readBody(request, 100_000))?.toString() ?? "";
        const task = String(request.headers["x-cloudtasks-taskname"]);
        deliveries.push({ at: clock.now() - startMs, task, headers: request.headers, body });
        bench.respond(response);
    });
    const server = await startTasksServer({ clock, deadlineClock: clock, queues: { jobs: settings } });
    const client = new v2.CloudTasksClient({
        fallback: true,
        protocol: "http",
        apiEndpoint: "127.0.0.1",
        port: server.port,
        projectId: "demo-reelay",
        authClient: new PassThroughClient(),
    });
    const queue = client.queuePath("demo-reelay", "us-central1", "jobs");
    const bench = {
        clock,
        server,
        client,
        queue,
        deliveries,
        respond: (response) => response.writeHead(200).end(),
        task: (id, delayMs = 0) => benchTask(`${queue}/tasks/${id}`, `${target.origin}/run`, delayMs),
        async create(id, delayMs) {
            await client.createTask({ parent: queue, task: bench.task(id, delayMs) });
        },
        async advance(ms) {
            clock.advance(ms);
            await server.settled();
        },
        async close() {
            await client.close();
            await server.close();
            await target.close();
        },
    };
    return bench;
}
function benchTask(name, url, delayMs) {
    const atMs = startMs + delayMs;
    return {
        name,
        scheduleTime: { seconds: Math.floor(atMs / 1_000), nanos: (atMs % 1_000) * 1e6 },
        dispatchDeadline: { seconds: 60 },
        httpRequest: {
            httpMethod: "POST",
            url,
            headers: { "content-type": "application/json" },
            body: Buffer.from('{"data":{}}').toString("base64"),
            oidcToken: { serviceAccountEmail: "runner@demo-reelay.iam.gserviceaccount.com" },
        },
    };
}
//# sourceMappingURL=tasks-bench.js.map