import { z } from "zod";
import { type Fields, fieldsOf, firstId, firstText } from "../shared/answer.js";
import { isVendorId } from "../shared/vendor-text.js";

/** Fields we can do without: a wrong type in one of them must not hide a finished video. */
const someNumber = z.number().nullish().catch(null);
const someText = z.string().nullish().catch(null);
const vendorId = z.string().refine(isVendorId);

/** What an answer tells is in its envelope `data`, perhaps in a list of one there. */
function dataParts(answer: unknown): Fields[] {
  return [fieldsOf(answer).data].flat().map(fieldsOf);
}

/** POST /v3/videos */
export const createdAnswer = z.preprocess(
  (answer) => {
    const ids = dataParts(answer).flatMap(({ video_id, id }) => [video_id, id]);
    return { videoId: firstId(...ids, fieldsOf(answer).video_id) };
  },
  z.object({ videoId: z.string() }),
);

/** The part that speaks of the video. A gateway has a `status` as well, but names no video. */
function videoPart(answer: unknown): Fields {
  const inside = dataParts(answer).find(({ status }) => typeof status === "string");
  if (inside !== undefined) return inside;
  const outer = fieldsOf(answer);
  return firstText(outer.video_id, outer.id, outer.video_url, outer.failure_code) === undefined ? {} : outer;
}

/** GET /v3/videos/{video_id} */
export const videoAnswer = z.preprocess(
  (answer) => {
    const video = videoPart(answer);
    const error = readError(answer);
    return {
      ...video,
      video_url: [video.video_url, video.url].find((url) => typeof url === "string"),
      failure_code: firstText(video.failure_code, error?.code),
      failure_message: firstText(video.failure_message, error?.message),
    };
  },
  z.object({
    /** The vendor may add words; an unknown one counts as work in progress. */
    status: z.string(),
    video_url: z.string().nullish(),
    thumbnail_url: someText,
    /** Seconds of the finished video, which is what is billed. */
    duration: someNumber,
    failure_code: someText,
    failure_message: someText,
  }),
);
export type WireVideo = z.infer<typeof videoAnswer>;

/** One page of a list. An entry that cannot be read is left out, the others stay. */
function page<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(z.unknown()).transform((entries) =>
      entries.flatMap((entry): z.output<Item>[] => {
        const parsed = item.safeParse(entry);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
    has_more: z.boolean().nullish().catch(null),
    next_token: someText,
  });
}

/** GET /v3/avatars/looks: the id of a look is the `avatar_id` of a video. */
export const looksAnswer = page(
  z.object({
    id: vendorId,
    preview_image_url: someText,
    /** Absent where it is not told; `null` where there is none. */
    default_voice_id: vendorId.nullish().catch(undefined),
    supported_api_engines: z.array(z.string()).nullish().catch(null),
  }),
);
export type WireLook = z.infer<typeof looksAnswer>["data"][number];

/** GET /v3/voices: `language` is an English word such as "German", or a word for several. */
export const voicesAnswer = page(z.object({ voice_id: vendorId, language: someText }));
export type WireVoice = z.infer<typeof voicesAnswer>["data"][number];

/** GET /v3/users/me: `wallet` is null for accounts that pay in another way. */
export const accountAnswer = z.object({
  data: z.object({
    wallet: z
      .object({ currency: z.string().nullish(), remaining_balance: z.number().nullish() })
      .nullish()
      .catch(null),
  }),
});

/** POST /v3/webhooks/endpoints */
export const endpointAnswer = z.object({
  data: z.object({ endpoint_id: vendorId, secret: z.string().min(1) }),
});

/** What an answer says against a request. */
export interface WireError {
  readonly code: string;
  readonly message: string | undefined;
  /** The field that is refused. */
  readonly param: string | undefined;
}

/**
 * Under every status, 200 included (a maintainer's word on a report, 2026-11): `{error: {code}}`, in
 * older parts of the API flat, and in a list. `null` for what does not speak as this vendor does.
 */
export function readError(answer: unknown): WireError | null {
  const outer = fieldsOf(answer);
  const inData = fieldsOf(outer.data);
  const places = [outer.error, outer.errors, inData.error, inData.errors, outer].flat().map(fieldsOf);
  const error = places.find(({ code }) => typeof code === "string" && code !== "");
  if (error === undefined) return null;
  return {
    code: firstText(error.code) ?? "",
    message: firstText(error.message, error.detail),
    param: firstText(error.param, error.parameter, error.field),
  };
}

/** A delivery, to a registered endpoint as well as to a `callback_url`. */
export const webhookEvent = z.object({
  event_id: someText,
  event_type: z.string(),
  event_data: z.object({ callback_id: someText }).nullish(),
});
