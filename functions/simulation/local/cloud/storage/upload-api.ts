import { sendJson } from "../loopback-server.js";
import type { Exchange } from "./exchange.js";
import { notHere, readJson } from "./json-api.js";
import { readMultipart } from "./multipart.js";
import { readPreconditions } from "./preconditions.js";
import { toResource } from "./stored-object.js";
import { storeBody, toUploadTarget } from "./upload.js";

/** `/upload/storage/v1/b/BUCKET/o`: bytes in one request, with metadata, or in several. */
export async function answerUploadCall(exchange: Exchange): Promise<void> {
  const { request, response, path, query, store, origin, uploads } = exchange;
  const [, bucket = "", collection] = path;
  if (collection !== "o" || path.length !== 3) throw notHere(exchange);
  const id = query.get("upload_id");
  if (id !== null) return continueUpload(exchange, id);
  if (request.method !== "POST") throw notHere(exchange);
  const conditions = readPreconditions(query);
  const contentType = request.headers["content-type"];
  switch (query.get("uploadType")) {
    case "multipart": {
      const parts = await readMultipart(contentType, request);
      const rest = { contentType: parts.contentType, conditions };
      const target = toUploadTarget(bucket, query, parts.resource, rest);
      return sendJson(response, 200, toResource(await storeBody(store, target, parts.bytes), origin));
    }
    case "media": {
      const target = toUploadTarget(bucket, query, {}, { contentType, conditions });
      return sendJson(response, 200, toResource(await storeBody(store, target, request), origin));
    }
    case "resumable": {
      const type = request.headers["x-upload-content-type"];
      const rest = { contentType: typeof type === "string" ? type : undefined, conditions };
      const target = toUploadTarget(bucket, query, await readJson(exchange), rest);
      const session = await uploads.start(target);
      const location = `${origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${session}`;
      response.writeHead(200, { location, "content-length": "0" }).end();
      return;
    }
    default:
      throw notHere(exchange);
  }
}

/** 308 is "Resume Incomplete" here; 499 is how Cloud Storage confirms a cancelled upload. */
async function continueUpload(exchange: Exchange, id: string): Promise<void> {
  const { request, response, uploads, origin } = exchange;
  if (request.method === "DELETE") {
    await uploads.cancel(id);
    response.writeHead(499, { "content-length": "0" }).end();
    return;
  }
  if (request.method !== "PUT") throw notHere(exchange);
  const answer = await uploads.put(id, request);
  if (answer.type === "stored") return sendJson(response, 200, toResource(answer.object, origin));
  const range = answer.received > 0 ? { range: `bytes=0-${answer.received - 1}` } : {};
  response.writeHead(308, "Resume Incomplete", { ...range, "content-length": "0" }).end();
}
