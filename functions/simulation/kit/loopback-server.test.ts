import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.js";

let server: LoopbackServer;
let calls: string[];

beforeAll(async () => {
  calls = [];
  server = await startLoopbackServer(async ({ method = "" }, response) => {
    calls.push(method);
    response.writeHead(200, { "access-control-allow-origin": "*" }).end("secret");
  });
});

afterAll(() => server.close());

/** `fetch` sets these headers itself. */
function ask(headers: Record<string, string>, method = "GET") {
  return new Promise<{ status: number | undefined; cors: string | undefined }>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: server.port, method, headers }, (response) => {
      response.resume();
      const cors = response.headers["access-control-allow-origin"];
      resolve({ status: response.statusCode, cors: cors === undefined ? undefined : String(cors) });
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("a server of the local cloud", () => {
  it.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])("answers under the name %s", async (name) => {
    expect(await ask({ host: `${name}:${server.port}` })).toMatchObject({ status: 200 });
  });

  it.each([
    (port: number) => `evil.example:${port}`,
    (port: number) => `127.0.0.1.evil.example:${port}`,
    (port: number) => `localhost.:${port}`,
    (port: number) => `localhost@evil.example:${port}`,
    (port: number) => `10.0.0.1:${port}`,
    (port: number) => `localhost:${port + 1}`,
    () => "localhost",
  ])("is no server under a name that was made to lead here: %s", async (host) => {
    const before = calls.length;
    expect(await ask({ host: host(server.port) })).toEqual({ status: 403, cors: undefined });
    expect(calls).toHaveLength(before);
  });

  it.each(["https://evil.example", "http://localhost:1", "https://localhost", "null", "file://"])(
    "does nothing for a page of %s, and does not let it ask beforehand",
    async (origin) => {
      const before = calls.length;
      for (const method of ["OPTIONS", "POST", "GET"]) {
        const host = `127.0.0.1:${server.port}`;
        expect(await ask({ host, origin }, method)).toEqual({ status: 403, cors: undefined });
      }
      expect(calls).toHaveLength(before);
    },
  );

  it("answers to its own pages", async () => {
    const host = `localhost:${server.port}`;
    expect(await ask({ host, origin: `http://${host}` }, "POST")).toMatchObject({ status: 200 });
  });
});
