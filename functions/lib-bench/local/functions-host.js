import express from "express";
import { startLoopbackServer } from "./cloud/loopback-server.js";
/** Serves every exported function on one loopback port, under the path that a deployment has. */
export async function startFunctionsHost(options) {
    const prefix = `/${options.projectId}/${options.region}`;
    const app = express();
    app.disable("x-powered-by");
    app.use(express.json({
        limit: "10mb",
        verify: (request, _response, bytes) => {
            request.rawBody = bytes;
        },
    }));
    const server = await startLoopbackServer(async (request, response) => {
        const path = new URL(request.url ?? "/", "http://local").pathname;
        for (const route of options.routes)
            if (await route(path, response))
                return;
        app(request, response);
    }, options.port);
    const functionsUrl = `${server.origin}${prefix}`;
    for (const [name, exported] of Object.entries(await options.load(functionsUrl))) {
        if (typeof exported === "function")
            app.all(`${prefix}/${name}`, exported);
    }
    return { origin: server.origin, functionsUrl, close: () => server.close() };
}
//# sourceMappingURL=functions-host.js.map