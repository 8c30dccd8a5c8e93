import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { UnreachableError } from "../../domain/errors.js";
import { createCopies, createHttpClient, type HttpResponse } from "./http.js";

const response = (status: number): HttpResponse => ({
  status,
  headers: {},
  text: "",
  unansweredBefore: false,
});
const lost = new UnreachableError("connection lost", { sent: "maybe", code: "network" });
const notSent = new UnreachableError("no connection", { sent: "no", code: "network" });

describe("a request that is sent in several copies", () => {
  it("is over with the first answer that is no overload", () => {
    expect(createCopies().answered(response(200))).toEqual(response(200));
    expect(createCopies().answered(response(500))).toEqual(response(500));
  });

  it("comes to the last answer when every copy met an overload", () => {
    const copies = createCopies();
    expect(copies.answered(response(503))).toBeNull();
    expect(copies.answered(response(502))).toBeNull();
    expect(copies.outcome()).toEqual(response(502));
  });

  it.each([
    [503, { "retry-after": "20" }],
    [502, { "retry-after-ms": "1500" }],
    [504, { "retry-after": "Mon, 30 Nov 2026 07:00:00 GMT" }],
  ])("is not sent again at once when status %i names a wait", (status, headers) => {
    const answer = { ...response(status), headers };
    expect(createCopies().answered(answer)).toEqual(answer);
  });

  it("tells of an earlier copy that went unanswered", () => {
    const copies = createCopies();
    copies.failed(lost);
    expect(copies.answered(response(400))).toEqual({ ...response(400), unansweredBefore: true });
  });

  it("tells of an earlier copy on which a gateway gave up: its work may have been begun", () => {
    const copies = createCopies();
    expect(copies.answered(response(504))).toBeNull();
    expect(copies.answered(response(429))).toMatchObject({ status: 429, unansweredBefore: true });
  });

  it("is not known to be unsent because only the last copy was", () => {
    for (const first of ["lost", "gateway"]) {
      const copies = createCopies();
      if (first === "lost") copies.failed(lost);
      else copies.answered(response(504));
      copies.failed(notSent);
      expect(() => copies.outcome()).toThrow(expect.objectContaining({ sent: "maybe" }));
    }
  });

  it("is known to be unsent when no copy left this machine", () => {
    const copies = createCopies();
    copies.failed(notSent);
    expect(() => copies.outcome()).toThrow(notSent);
  });
});

describe("a kept connection that has died without a word", () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();

  /** Answers the first request of each connection, and drops every later one unread. */
  async function forgetfulServer(): Promise<{ url: string; served: string[]; dropped: () => number }> {
    const served: string[] = [];
    let dropped = 0;
    const onConnection = (socket: Socket) => {
      let used = false;
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        if (used) {
          dropped += 1;
          socket.destroy();
          return;
        }
        used = true;
        served.push(data.toString("latin1").split(" ", 1)[0] ?? "");
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}");
      });
    };
    const opened = createServer(onConnection);
    server = opened;
    await new Promise<void>((resolve) => opened.listen(0, "127.0.0.1", resolve));
    const address = opened.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return { url: `http://127.0.0.1:${address.port}/`, served, dropped: () => dropped };
  }

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server?.close();
  });

  it("is not used for a start without a key, which would be lost and be called ambiguous", async () => {
    const { url, served, dropped } = await forgetfulServer();
    const http = createHttpClient({ minRetryDelayMs: 1 });
    const read = { method: "GET", url, headers: {}, repeatable: true } as const;
    const start = { method: "POST", url, headers: {}, body: { model: "m" }, repeatable: false } as const;
    for (let turn = 0; turn < 3; turn += 1) {
      await http.send(read);
      const before = dropped();
      expect(await http.send(start)).toMatchObject({ status: 200 });
      expect(dropped()).toBe(before);
    }
    expect(served.filter((method) => method === "POST")).toHaveLength(3);
  });

  it("costs a read one more copy", async () => {
    const { url, dropped } = await forgetfulServer();
    const http = createHttpClient({ minRetryDelayMs: 1 });
    const read = { method: "GET", url, headers: {}, repeatable: true } as const;
    await http.send(read);
    expect(await http.send(read)).toMatchObject({ status: 200 });
    expect(dropped()).toBe(1);
  });
});
