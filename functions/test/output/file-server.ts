import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { type LoopbackServer, startLoopbackServer } from "../../simulation/kit/loopback-server.js";
import type { RenderFile } from "../../simulation/kit/vendor-host.js";
import type { SimulatedFile } from "../../simulation/vendors/shared/simulator.js";

/** How a vendor's file host behaves: it gets the file that it should deliver. */
export type Behaviour = (file: Buffer, response: ServerResponse, request: IncomingMessage) => void;

export interface FileServer {
  readonly origin: string;
  /** Paths that were asked for. */
  readonly hits: string[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** Serves described files, each as `behave` says. */
export async function startFileServer(render: RenderFile): Promise<FileServer> {
  let behaviour: Behaviour = whole;
  const hits: string[] = [];
  const server: LoopbackServer = await startLoopbackServer(async (request, response) => {
    const path = request.url ?? "/";
    hits.push(path);
    const id = /^\/files\/([\w-]+)\.\w+$/.exec(path)?.[1];
    if (id === undefined) return behaviour(Buffer.alloc(0), response, request);
    const file = JSON.parse(Buffer.from(id, "base64url").toString()) as SimulatedFile;
    const rendered = await render(file);
    if (file.medium === "image") {
      response.writeHead(200, { "content-type": "image/png" }).end(rendered?.bytes);
      return;
    }
    behaviour(Buffer.from(rendered?.bytes ?? []), response, request);
  });
  return {
    origin: server.origin,
    hits,
    behave: (next) => {
      behaviour = next;
    },
    close: () => server.close(),
  };
}

const video = { "content-type": "video/mp4" };

export const whole: Behaviour = (file, response) => {
  response.writeHead(200, { ...video, "content-length": file.length }).end(file);
};

/** Other bytes than the file's, announced as a video. */
export const instead =
  (bytes: (file: Buffer) => Buffer): Behaviour =>
  (file, response) => {
    response.writeHead(200, video).end(bytes(file));
  };

export const announcing =
  (length: (file: Buffer) => number): Behaviour =>
  (file, response) => {
    response.writeHead(200, { ...video, "content-length": length(file) });
    response.write(file, () => response.destroy());
  };

/** Says less than it sends: whoever believes it has a file that was cut. */
export const understating: Behaviour = (file, response) => {
  response.writeHead(200, { ...video, "content-length": Math.floor(file.length / 2) });
  response.end(file);
};

/** Ends the connection after a part of the file, with no length and no last chunk that would tell. */
export const hangingUp =
  (part: (file: Buffer) => Buffer): Behaviour =>
  (file, response) => {
    const { socket } = response;
    socket?.write("HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\nconnection: close\r\n\r\n");
    socket?.end(part(file));
  };

/** The data of a file without a length of their own: they reach to its end, wherever that is. */
export function withOpenEnd(file: Buffer): Buffer {
  const open = Buffer.from(file);
  open.writeUInt32BE(0, open.lastIndexOf("mdat") - 4);
  return open;
}

export const endless: Behaviour = (file, response) => {
  response.writeHead(200, video);
  const block = Buffer.alloc(256 * 1024);
  const more = () => {
    while (!response.destroyed && response.write(block));
    if (!response.destroyed) response.once("drain", more);
  };
  response.write(file);
  more();
};

/** A byte now and then keeps an idle timer from ending it. */
export const trickling: Behaviour = (file, response) => {
  response.writeHead(200, { ...video, "content-length": file.length });
  let sent = 0;
  const drip = setInterval(() => {
    response.write(file.subarray(sent, sent + 1));
    sent += 1;
  }, 20);
  response.on("close", () => clearInterval(drip));
};

export const redirectingTo =
  (location: string): Behaviour =>
  (_file, response) => {
    response.writeHead(302, { location }).end();
  };

/** A few bytes that unpack to a hundred megabytes. */
export const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 });

export const packed: Behaviour = (_file, response) => {
  response.writeHead(200, { ...video, "content-encoding": "gzip", "content-length": bomb.length }).end(bomb);
};
