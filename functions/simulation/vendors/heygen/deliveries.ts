import { createHmac } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../../../src/providers/shared/answer.js";
import type { SimulatedResponse, SimulatedWebhook, SimulatorWorld } from "../shared/simulator.js";
import { refuse } from "./answers.js";
import { isPublicUrl } from "./requests.js";
import { type SimulatedVideo, unixSeconds } from "./videos.js";

const eventNames = ["avatar_video.success", "avatar_video.fail"] as const;
type EventName = (typeof eventNames)[number];

interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** null means all events. */
  readonly events: readonly string[] | null;
  readonly createdAt: number;
  readonly secret: string;
}

const endpointRequest = z.strictObject({
  url: z.string().refine(isPublicUrl, "url must be a public https URL"),
  events: z.array(z.string()).nullish(),
  entity_id: z.string().nullish(),
});

/** Registered endpoints and the deliveries that finished videos cause. */
export function createDeliveries(world: SimulatorWorld, newId: (prefix: string) => string) {
  const endpoints = new Map<string, Endpoint>();

  function register(text: string): SimulatedResponse {
    const parsed = endpointRequest.safeParse(parseJson(text));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const param = issue?.path.join(".") || "body";
      return refuse(400, "invalid_parameter", issue?.message ?? "Invalid body", { param });
    }
    const endpoint: Endpoint = {
      id: newId("wh_"),
      url: parsed.data.url,
      events: parsed.data.events ?? null,
      createdAt: world.now(),
      secret: newId("whsec_"),
    };
    endpoints.set(endpoint.id, endpoint);
    return { status: 200, body: { data: { ...describeEndpoint(endpoint), secret: endpoint.secret } } };
  }

  function list(): SimulatedResponse {
    const data = [...endpoints.values()].map(describeEndpoint);
    return { status: 200, body: { data, has_more: false, next_token: null } };
  }

  function remove(id: string): SimulatedResponse {
    if (!endpoints.delete(id)) return refuse(404, "endpoint_not_found", `Endpoint ${id} not found`);
    return { status: 200, body: { data: {} } };
  }

  /** The deliveries of one ended video: unsigned to its own URL, signed to the endpoints. */
  function deliveriesOf(video: SimulatedVideo): readonly SimulatedWebhook[] {
    const eventName: EventName = video.failure === null ? "avatar_video.success" : "avatar_video.fail";
    const eventId = newId("evt_");
    const body = JSON.stringify({
      event_id: eventId,
      event_type: eventName,
      event_data: eventData(video, world),
      created_at: new Date(video.endsAt).toISOString(),
    });
    const headers = { "content-type": "application/json" };
    const own = video.callbackUrl === null ? [] : [{ url: video.callbackUrl, headers, body }];
    const signed = [...endpoints.values()]
      .filter((endpoint) => endpoint.createdAt <= video.endsAt && wants(endpoint, eventName))
      .map((endpoint) => ({
        url: endpoint.url,
        headers: {
          ...headers,
          "heygen-signature": createHmac("sha256", endpoint.secret).update(body).digest("hex"),
          "heygen-timestamp": String(unixSeconds(world.now())),
          "heygen-event-id": eventId,
        },
        body,
      }));
    return [...own, ...signed];
  }

  return { register, list, remove, deliveriesOf };
}

function describeEndpoint(endpoint: Endpoint) {
  return {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    status: "enabled",
    created_at: new Date(endpoint.createdAt).toISOString().replace(".000Z", "Z"),
  };
}

function wants(endpoint: Endpoint, eventName: EventName): boolean {
  return endpoint.events === null || endpoint.events.includes(eventName);
}

function eventData(video: SimulatedVideo, world: SimulatorWorld) {
  if (video.failure !== null) {
    return { video_id: video.id, msg: video.failure.code, callback_id: video.callbackId };
  }
  return {
    video_id: video.id,
    url: world.fileUrl(video.file),
    gif_download_url: null,
    video_share_page_url: null,
    folder_id: null,
    callback_id: video.callbackId,
  };
}
