import { createServer } from "node:http";
/** HTTP on 127.0.0.1 only: what the local cloud serves is open to everybody who can reach it. */
export async function startLoopbackServer(answer, port = 0) {
    const server = createServer((request, response) => {
        void answer(request, response).catch(() => response.destroy());
    });
    // The Google clients keep connections open and do not repeat a create that hits a closing one.
    server.keepAliveTimeout = 120_000;
    server.requestTimeout = 0;
    await new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
    });
    const bound = server.address().port;
    return {
        port: bound,
        origin: `http://127.0.0.1:${bound}`,
        close: () => new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
        }),
    };
}
/** The whole body, or `undefined` when it is longer than allowed. */
export async function readBody(request, maxBytes) {
    const chunks = [];
    let bytes = 0;
    for await (const chunk of request) {
        bytes += chunk.byteLength;
        if (bytes <= maxBytes)
            chunks.push(chunk);
    }
    return bytes > maxBytes ? undefined : Buffer.concat(chunks);
}
export function sendJson(response, status, body, headers = {}) {
    response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
    response.end(JSON.stringify(body));
}
//# sourceMappingURL=loopback-server.js.map