import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { DownloadError } from "../../engine/ports/downloads.js";
import { createDownloads, type DownloadsOptions } from "./downloads.js";

let server: Server;
let port: number;
let requests: IncomingMessage[];
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  requests = [];
  respond = (_request, response) => response.end("bytes of a video");
  server = createServer((request, response) => {
    requests.push(request);
    respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (path: string, options: Partial<DownloadsOptions> = {}) =>
  createDownloads({ loopbackHosts: ["127.0.0.1"], ...options }).open(`http://127.0.0.1:${port}${path}`, []);

/** Opens what a host answers that writes its bytes itself, in these pieces. */
async function openRaw(...pieces: readonly string[]) {
  const raw = createTcpServer((socket) => {
    socket.setNoDelay(true).on("error", () => undefined);
    socket.once("data", () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
  raw.unref();
  const url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/a.mp4`;
  return createDownloads({ loopbackHosts: ["127.0.0.1"] }).open(url, []);
}

/** Fetches from a host of the vendor's whose name resolves as given. */
const openVendor = (url: string, addresses: readonly string[]) =>
  createDownloads({
    loopbackHosts: [],
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
  }).open(url, ["files.vendor.com", ".cdn.vendor.com"]);

const redirectTo = (location: string) => (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(302, { location }).end();
};

describe("a download", () => {
  it("streams the file with its type and announced length", async () => {
    respond = (_request, response) => {
      response.writeHead(200, { "content-type": "video/mp4", "content-length": 5 }).end("hello");
    };
    const download = await open("/a.mp4?signature=1");
    expect(download).toMatchObject({ contentType: "video/mp4", bytes: 5 });
    expect((await buffer(download.stream)).toString()).toBe("hello");
    expect(requests.map(({ url }) => url)).toEqual(["/a.mp4?signature=1"]);
  });

  it("knows no length where the host announces none", async () => {
    respond = (_request, response) => {
      response.write("hel");
      response.end("lo");
    };
    const download = await open("/a.mp4");
    expect(download.bytes).toBeNull();
    expect((await buffer(download.stream)).toString()).toBe("hello");
  });

  it("says when the end of the connection is the only sign of its end", async () => {
    const raw = createTcpServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n\r\nhalf of a"));
    });
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/a.mp4`;
    const download = await createDownloads({ loopbackHosts: ["127.0.0.1"] }).open(url, []);
    expect(download).toMatchObject({ bytes: null, endsUnmarked: true });
    expect((await buffer(download.stream)).toString()).toBe("half of a");
    await new Promise((resolve) => raw.close(resolve));
    respond = (_request, response) => response.writeHead(200, { "content-length": 5 }).end("hello");
    expect((await open("/a.mp4")).endsUnmarked).toBeUndefined();
    respond = (_request, response) => {
      response.write("hel");
      response.end("lo");
    };
    expect((await open("/a.mp4")).endsUnmarked).toBeUndefined();
  });

  it("fails when the body ends before its announced length", async () => {
    respond = (_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => response.destroy());
    };
    const download = await open("/a.mp4");
    await expect(buffer(download.stream)).rejects.toMatchObject({ reason: "incomplete" });
  });

  it.each([401, 403, 404, 410])("asks for a fresh URL on %d", async (status) => {
    respond = (_request, response) => response.writeHead(status).end();
    await expect(open("/a.mp4")).rejects.toMatchObject({ reason: "expired" });
  });

  it.each([
    ["once", "Content-Length: 5"],
    ["twice", "Content-Length: 5\r\nx-between: 1\r\ncontent-length: 5"],
    ["three times, in one line and another", "content-length: 5, 5\r\ncontent-length: 5"],
    ["with nothing beside it", "content-length: 5\r\ncontent-length: "],
  ])("takes a length that is said %s", async (_how, lines) => {
    const download = await openRaw(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\nhello`);
    expect(download).toMatchObject({ bytes: 5 });
    expect(download).not.toHaveProperty("endsUnmarked");
    expect((await buffer(download.stream)).toString()).toBe("hello");
  });

  it.each([
    "content-length: 5\r\ncontent-length: 6",
    "content-length: 5, 6",
    "content-length: five",
    "content-length: 5\r\ntransfer-encoding: chunked",
    "no header at all",
  ])("cannot read an answer that contradicts itself: %j", async (lines) => {
    const answer = openRaw(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\nhello`);
    await expect(answer).rejects.toMatchObject({ reason: "refused", isPassing: true });
  });

  it("reads the answer behind an interim one, with its head in pieces", async () => {
    const interim = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    const head = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n";
    const download = await openRaw(...`${interim}${head}hello`);
    expect((await buffer(download.stream)).toString()).toBe("hello");
  });

  it("is unreachable when the connection ends within the head", async () => {
    await expect(openRaw("HTTP/1.1 200 OK\r\ncont")).rejects.toBeInstanceOf(DownloadError);
  });

  it("reads a head of 50 KB, and none of 100 KB", async () => {
    const answer = (bytes: number) =>
      openRaw(`HTTP/1.1 200 OK\r\nx-policy: ${"p".repeat(bytes)}\r\ncontent-length: 5\r\n\r\nhello`);
    expect((await answer(50_000)).bytes).toBe(5);
    await expect(answer(100_000)).rejects.toMatchObject({ reason: "refused", isPassing: true });
  });

  it.each([
    ["bytes 0-4/5", "5", true],
    ["Bytes  0-4/5", undefined, true],
    ["bytes 0-3/5", "4", false],
    ["bytes 1-4/5", "4", false],
    ["bytes 0-4/5", "4", false],
    ["bytes 0-4/*", "5", false],
    ["lines 0-4/5", "5", false],
  ])("takes a part that is the whole, %s of %s bytes: %s", async (range, length, isTaken) => {
    respond = (_request, response) => {
      const counted = length === undefined ? {} : { "content-length": length };
      response
        .writeHead(206, { "content-range": range, ...counted })
        .end("hello".slice(0, Number(length ?? 5)));
    };
    const opened = open("/a.mp4");
    if (!isTaken) return expect(opened).rejects.toMatchObject({ reason: "unreachable" });
    const download = await opened;
    expect(download.bytes).toBe(5);
    expect((await buffer(download.stream)).toString()).toBe("hello");
  });

  it.each([204, 206, 304, 429, 500, 503])("counts %d as unreachable", async (status) => {
    respond = (_request, response) => response.writeHead(status).end();
    await expect(open("/a.mp4")).rejects.toMatchObject({ reason: "unreachable" });
  });

  it("is unreachable when nobody listens or the name leads nowhere", async () => {
    const downloads = createDownloads({ loopbackHosts: ["127.0.0.1"] });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(downloads.open(`http://127.0.0.1:${port}/`, [])).rejects.toMatchObject({
      reason: "unreachable",
    });
    await expect(openVendor("https://files.vendor.com/a.mp4", [])).rejects.toMatchObject({
      reason: "unreachable",
    });
  });

  it("gives up on a host that says nothing, before the answer and within it", async () => {
    respond = () => undefined;
    await expect(open("/a.mp4", { idleTimeoutMs: 30 })).rejects.toMatchObject({ reason: "unreachable" });
    respond = (_request, response) => {
      response.write("first");
    };
    const download = await open("/a.mp4", { idleTimeoutMs: 30 });
    await expect(buffer(download.stream)).rejects.toMatchObject({ reason: "incomplete" });
  });

  it("gives up on a file that never ends", async () => {
    let drip: NodeJS.Timeout | undefined;
    respond = (_request, response) => {
      drip = setInterval(() => response.write("."), 5);
    };
    const download = await open("/a.mp4", { totalTimeoutMs: 500 });
    await expect(buffer(download.stream)).rejects.toMatchObject({ reason: "incomplete" });
    clearInterval(drip);
  });

  it("gives up sooner where the caller says so", async () => {
    respond = (_request, response) => {
      response.write("first");
    };
    const downloads = createDownloads({ loopbackHosts: ["127.0.0.1"] });
    const download = await downloads.open(`http://127.0.0.1:${port}/`, [], { totalTimeoutMs: 50 });
    await expect(buffer(download.stream)).rejects.toMatchObject({ reason: "incomplete" });
  });

  it.each([
    "gzip",
    "br",
    "deflate, gzip",
    "GZIP",
    "identity, zstd",
    "aws-chunked,gzip",
    "compress",
    "x-gzip",
  ])("takes no file that was packed as %s", async (encoding) => {
    respond = (_request, response) => response.writeHead(200, { "content-encoding": encoding }).end("packed");
    await expect(open("/a.mp4")).rejects.toMatchObject({ reason: "refused", isPassing: true });
  });

  it.each([
    "",
    " ",
    "identity",
    "Identity",
    "aws-chunked",
    "aws-chunked, identity",
    "utf-8",
    "UTF-8",
    "binary",
    "none",
  ])("takes a file whose encoding is no packing: %j", async (encoding) => {
    respond = (_request, response) => response.writeHead(200, { "content-encoding": encoding }).end("plain");
    expect((await buffer((await open("/a.mp4")).stream)).toString()).toBe("plain");
  });

  it("closes its connection when nobody wants the rest", async () => {
    const closed = new Promise<void>((resolve) => {
      respond = (_request, response) => {
        response.once("close", resolve);
        response.write("first");
      };
    });
    const download = await open("/a.mp4");
    download.stream.destroy();
    await closed;
  });
});

describe("redirects", () => {
  it("are followed ten times, relative ones too", async () => {
    respond = (request, response) => {
      const step = Number(request.url?.slice(1));
      if (step === 10) response.end("here");
      else redirectTo(`/${step + 1}`)(request, response);
    };
    const download = await open("/0");
    expect((await buffer(download.stream)).toString()).toBe("here");
  });

  it("are followed no further the eleventh time", async () => {
    respond = redirectTo("/again");
    await expect(open("/")).rejects.toMatchObject({ reason: "refused", isPassing: true });
    expect(requests).toHaveLength(11);
  });

  it("are followed to an address in UTF-8", async () => {
    respond = (request, response) => {
      if (request.url !== "/") return response.end("here");
      return redirectTo(Buffer.from("/clip-é-雨.mp4").toString("latin1"))(request, response);
    };
    expect((await buffer((await open("/")).stream)).toString()).toBe("here");
    expect(requests.map(({ url }) => url)).toEqual(["/", "/clip-%C3%A9-%E9%9B%A8.mp4"]);
  });

  it.each([
    "http://169.254.169.254/computeMetadata/v1/",
    "https://evil.example.com/a.mp4",
    "file:///etc/passwd",
    "http://",
  ])("are checked like a first URL: %s", async (location) => {
    respond = redirectTo(location);
    await expect(open("/")).rejects.toMatchObject({ reason: "refused" });
    expect(requests).toHaveLength(1);
  });
});

describe("a URL from a vendor's answer", () => {
  it.each([
    "http://files.vendor.com/a.mp4",
    "https://files.vendor.com.evil.com/a.mp4",
    "https://evilcdn.vendor.com/a.mp4",
    "https://user:password@files.vendor.com/a.mp4",
    "https://files.vendor.com:8443/a.mp4",
    "https://127.0.0.1/a.mp4",
    "https://[::1]/a.mp4",
    "https://0x7f000001/a.mp4",
    "ftp://files.vendor.com/a.mp4",
    "data:video/mp4;base64,AAAA",
    "not a url",
  ])("is not fetched: %s", async (url) => {
    await expect(openVendor(url, ["93.184.216.34"])).rejects.toMatchObject({ reason: "refused" });
  });

  it.each([
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:10.0.0.1"],
    ["fd00::1"],
    ["0.0.0.0"],
  ])("is not fetched when its host leads to %s", async (address) => {
    await expect(openVendor("https://x.cdn.vendor.com/a.mp4", [address])).rejects.toMatchObject({
      reason: "refused",
    });
  });

  it("is not fetched when only one of its addresses is private", async () => {
    const addresses = ["93.184.216.34", "10.0.0.1"];
    await expect(openVendor("https://files.vendor.com/a.mp4", addresses)).rejects.toMatchObject({
      reason: "refused",
    });
  });

  it("never reaches this machine, not even where a simulator may run", async () => {
    const downloads = createDownloads({ loopbackHosts: ["127.0.0.1:1"] });
    await expect(downloads.open(`http://127.0.0.1:${port}/`, [])).rejects.toMatchObject({
      reason: "refused",
    });
    expect(requests).toEqual([]);
  });

  it("is connected to the address that was checked, by its own name", async () => {
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return [{ address: lookups === 1 ? "127.0.0.1" : "192.0.2.1", family: 4 }];
    };
    const downloads = createDownloads({ loopbackHosts: ["simulator.test"], resolve });
    const download = await downloads.open(`http://simulator.test:${port}/a.mp4`, []);
    expect((await buffer(download.stream)).toString()).toBe("bytes of a video");
    expect(lookups).toBe(1);
    expect(requests[0]?.headers.host).toBe(`simulator.test:${port}`);
  });
});
