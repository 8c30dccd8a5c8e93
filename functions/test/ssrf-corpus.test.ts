import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createDownloads } from "../src/adapters/media/downloads.js";
import { hostileUrls, privateAddresses } from "../src/domain/__fixtures__/hostile-urls.js";
import { createWorld } from "./engine/world.js";

/** Sockets that this process opened, to wherever: an attack that gets no further has opened none. */
let connections: number;
/** Requests that reached something on this machine. */
let hits: string[];
let server: Server;
let inner: Server;
let port: number;

const count = () => {
  connections += 1;
};

beforeEach(async () => {
  hits = [];
  server = createServer((request, response) => {
    hits.push(`outer ${request.url}`);
    if (request.url?.startsWith("/to?") !== true) return void response.end("bytes of a video");
    response.writeHead(302, { location: decodeURIComponent(request.url.slice(4)) }).end();
  });
  await listen(server, 0, "127.0.0.1");
  port = (server.address() as AddressInfo).port;
  // The same port of another address of this machine: what a name may lead to the second time.
  inner = createServer((request, response) => {
    hits.push(`inner ${request.url}`);
    response.end("a secret");
  });
  // Where that address does not exist, nothing can be found there either.
  await listen(inner, port, "127.0.0.2").catch(() => undefined);
  connections = 0;
  subscribe("net.client.socket", count);
});

afterEach(async () => {
  unsubscribe("net.client.socket", count);
  for (const one of [server, inner]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});

function listen(one: Server, at: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    one.once("error", reject);
    one.listen(at, host, resolve);
  });
}

const toAddress = (address: string): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 });

/** The worst case: whoever attacks controls an allowed host, and every name leads where they want. */
function openHostile(url: string, addresses: readonly string[] = ["127.0.0.1"]) {
  const own = URL.canParse(url) ? [new URL(url).hostname] : [];
  const downloads = createDownloads({ loopbackHosts: [], resolve: async () => addresses.map(toAddress) });
  return downloads.open(url, ["files.example.com", ".example.com", ...own]);
}

describe("a picture in a request", () => {
  it("is in none of a hundred hostile forms accepted, looked up or fetched, and nothing is held", async () => {
    const world = createWorld();
    expect(hostileUrls.length).toBeGreaterThanOrEqual(100);
    for (const [, url] of hostileUrls) {
      const requests = [
        { kind: "image", image: url },
        { kind: "frames", firstFrame: url, lastFrame: "https://images.example.com/a.png" },
        { kind: "frames", firstFrame: "https://images.example.com/a.png", lastFrame: url },
        { kind: "avatar", script: "Good morning.", prompt: undefined, image: url },
      ];
      for (const request of requests) {
        await expect(world.submit(request)).rejects.toMatchObject({ code: "invalid_argument" });
      }
    }
    expect(world.database.jobs.size).toBe(0);
    expect(world.paidStarts()).toEqual([]);
    expect(connections).toBe(0);
  });
});

describe("a file URL in a vendor's answer", () => {
  it.each(hostileUrls)("is not fetched from %s", async (_attack, url) => {
    await expect(openHostile(url)).rejects.toMatchObject({ reason: "refused" });
    expect(connections).toBe(0);
  });

  it.each(privateAddresses)("is not fetched from a name that leads to %s", async (address) => {
    const url = "https://files.example.com/a.mp4";
    await expect(openHostile(url, [address])).rejects.toMatchObject({ reason: "refused" });
    await expect(openHostile(url, ["93.184.216.34", address])).rejects.toMatchObject({ reason: "refused" });
    await expect(openHostile(url, [address, "93.184.216.34"])).rejects.toMatchObject({ reason: "refused" });
    expect(connections).toBe(0);
  });

  it("is fetched from the address that was checked, although the name leads elsewhere by then", async () => {
    let lookups = 0;
    const downloads = createDownloads({
      loopbackHosts: ["simulator.test"],
      resolve: async () => {
        lookups += 1;
        return [toAddress(lookups === 1 ? "127.0.0.1" : "127.0.0.2")];
      },
    });
    const download = await downloads.open(`http://simulator.test:${port}/a.mp4`, []);
    expect((await buffer(download.stream)).toString()).toBe("bytes of a video");
    expect(hits).toEqual(["outer /a.mp4"]);
    expect(lookups).toBe(1);
  });
});

describe("a redirect", () => {
  const open = (location: string) =>
    createDownloads({
      loopbackHosts: ["127.0.0.1"],
      resolve: async (host) => [toAddress(host === "127.0.0.1" ? host : "127.0.0.2")],
    }).open(`http://127.0.0.1:${port}/to?${encodeURIComponent(location)}`, [".example.com"]);

  // Relative forms and line breaks are no places of their own in a header.
  const places = hostileUrls.filter(([, url]) => URL.canParse(url) && /^[\x21-\x7e]+$/.test(url));

  it.each(places)("to %s is not followed", async (_attack, url) => {
    await expect(open(url)).rejects.toMatchObject({ reason: "refused" });
    expect(hits).toHaveLength(1);
    expect(connections).toBe(1);
  });

  it("never leads to another address or name of this machine", async () => {
    await expect(open(`http://127.0.0.2:${port}/a.mp4`)).rejects.toMatchObject({ reason: "refused" });
    await expect(open(`http://localhost:${port}/a.mp4`)).rejects.toMatchObject({ reason: "refused" });
    expect(hits.filter((hit) => hit.startsWith("inner"))).toEqual([]);
  });

  it("is followed ten times and no more", async () => {
    const loop = (depth: number): string =>
      depth === 0 ? "/end" : `/to?${encodeURIComponent(loop(depth - 1))}`;
    const downloads = createDownloads({ loopbackHosts: ["127.0.0.1"] });
    const origin = `http://127.0.0.1:${port}`;
    await (await downloads.open(`${origin}${loop(10)}`, [])).stream.resume();
    await expect(downloads.open(`${origin}${loop(30)}`, [])).rejects.toMatchObject({ reason: "refused" });
    expect(hits).toHaveLength(11 + 11);
  });
});
