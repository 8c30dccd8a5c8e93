import { createServer } from "node:http";
const filesPrefix = "/files/";
/** The URL under which a host serves a described file. */
export function fileUrl(origin, file) {
    const extension = file.medium === "video" ? "mp4" : "png";
    const id = Buffer.from(JSON.stringify(file)).toString("base64url");
    return `${origin}${filesPrefix}${id}.${extension}`;
}
/** Puts a simulator behind real HTTP on the loopback interface, with the faults of the line. */
export async function hostSimulator(createSimulator, options) {
    const requests = [];
    let simulator;
    const server = createServer((request, response) => {
        void answer(request, response).catch(() => response.destroy());
    });
    async function answer(request, response) {
        const url = new URL(request.url ?? "/", "http://simulator");
        if (url.pathname.startsWith(filesPrefix))
            return sendFile(url.pathname, options.render, response);
        const simulated = {
            method: request.method ?? "GET",
            path: url.pathname,
            query: url.searchParams,
            headers: request.headers,
            text: await readText(request),
        };
        requests.push(`${simulated.method} ${simulated.path}`);
        const isStart = options.isStart?.(simulated) ?? false;
        const fault = options.faults?.takeLineFault(isStart);
        if (fault !== undefined && fault !== "lost")
            return sendFault(fault, response);
        const result = simulator?.handle(simulated) ?? { status: 503 };
        if (fault === "lost")
            return void response.destroy();
        sendResponse(result, response);
    }
    await listen(server, options.port ?? 0);
    const origin = `http://127.0.0.1:${server.address().port}`;
    simulator = createSimulator(origin);
    return { origin, requests, close: () => close(server) };
}
function sendFault(fault, response) {
    switch (fault) {
        case "refused":
            response.destroy();
            return;
        case "hang":
            return;
        case "html":
            response.writeHead(200, { "content-type": "text/html" });
            response.end("<html><body>Please wait</body></html>");
            return;
        case "unauthorized":
            response.writeHead(401, { "content-type": "application/json" });
            response.end('{"error":"Unauthorized"}');
            return;
        case "down":
            response.writeHead(503, { "content-type": "text/html" });
            response.end("<html><body>Service Unavailable</body></html>");
    }
}
function sendResponse(result, response) {
    const body = result.body === undefined ? "" : JSON.stringify(result.body);
    response.writeHead(result.status, {
        ...(body === "" ? {} : { "content-type": "application/json" }),
        ...result.headers,
    });
    response.end(body);
}
async function sendFile(path, render, response) {
    const id = path.slice(filesPrefix.length).replace(/\.\w+$/, "");
    const file = JSON.parse(Buffer.from(id, "base64url").toString());
    const rendered = await render(file);
    if (rendered === null) {
        response.writeHead(404).end();
        return;
    }
    response.writeHead(200, {
        "content-type": rendered.contentType,
        "content-length": String(rendered.bytes.byteLength),
    });
    response.end(rendered.bytes);
}
async function readText(request) {
    const chunks = [];
    for await (const chunk of request)
        chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
}
function listen(server, port) {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
    });
}
function close(server) {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}
//# sourceMappingURL=simulator-host.js.map