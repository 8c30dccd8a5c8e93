import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { uploadStream } from "./object-upload.js";

let server: Server;
let url: string;
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  server = createServer((request, response) => respond(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/session`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const options = { contentType: "video/mp4", maxBytes: 10_000_000 };
const hello = () => Readable.from([Buffer.from("hello")]);

describe("an upload", () => {
  it("sends everything in one request and knows what it sent", async () => {
    let received = "";
    respond = (request, response) => {
      void buffer(request).then((bytes) => {
        received = bytes.toString();
        response.end(JSON.stringify({ generation: "7", md5Hash: "XUFAKrxLKna5cZ2REBfFkg==" }));
      });
    };
    expect(await uploadStream(url, hello(), options)).toMatchObject({ bytes: 5, generation: "7" });
    expect(received).toBe("hello");
  });

  it("closes its connection when the source fails, so that no object can come of it", async () => {
    let hasArrived = () => {};
    const arrived = new Promise<void>((resolve) => {
      hasArrived = resolve;
    });
    const broken = new Promise<boolean>((resolve) => {
      respond = (request) => {
        hasArrived();
        request.on("error", () => undefined);
        request.on("close", () => resolve(request.complete));
        request.resume();
      };
    });
    async function* failing() {
      yield Buffer.alloc(100_000);
      await arrived;
      throw new Error("the provider hung up");
    }
    const source = Readable.from(failing(), { objectMode: false });
    await expect(uploadStream(url, source, options)).rejects.toThrow("the provider hung up");
    expect(await broken).toBe(false);
  });

  it("tells the status of a refusal that comes before the end, and lets go of the source", async () => {
    respond = (_request, response) => response.writeHead(503).end();
    async function* endless() {
      for (;;) yield Buffer.alloc(64_000);
    }
    const source = Readable.from(endless(), { objectMode: false });
    source.on("error", () => undefined);
    const closed = new Promise((resolve) => source.once("close", resolve));
    const upload = uploadStream(url, source, { ...options, maxBytes: Number.MAX_SAFE_INTEGER });
    await expect(upload).rejects.toMatchObject({ code: 503 });
    await closed;
  });

  it("does not believe an object that holds other bytes", async () => {
    respond = (request, response) => {
      request.resume();
      request.on("end", () => response.end(JSON.stringify({ generation: "7", md5Hash: "AAAA" })));
    };
    await expect(uploadStream(url, hello(), options)).rejects.toThrow("other bytes were stored");
  });
});
