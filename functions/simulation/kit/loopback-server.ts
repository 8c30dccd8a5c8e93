import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoopbackServer {
  readonly port: number;
  /** Without a trailing slash. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * HTTP on 127.0.0.1 only, and for callers of this machine only: what the local cloud serves knows no
 * passwords, and a page on the web can make a browser here call it.
 */
export async function startLoopbackServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    if (!isFromHere(request)) {
      response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
      response.end("This server answers to callers of this machine only.\n");
      return;
    }
    void answer(request, response).catch(() => response.destroy());
  });
  // The Google clients keep connections open and do not repeat a create that hits a closing one.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    origin: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const hostNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * A name of the web that was made to lead here (DNS rebinding) is in `Host`; a page of another origin
 * names itself in `Origin`, also where it asks beforehand (CORS).
 */
function isFromHere({ headers, socket }: IncomingMessage): boolean {
  const places = hostNames.map((name) => `${name}:${socket.localPort}`);
  const { host = "", origin } = headers;
  const isOwnHost = places.includes(host.toLowerCase());
  const isOwnPage = origin === undefined || places.includes(origin.toLowerCase().replace(/^http:\/\//, ""));
  return isOwnHost && isOwnPage;
}

/** The whole body, or `undefined` when it is longer than allowed. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes > maxBytes ? undefined : Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
  response.end(JSON.stringify(body));
}
