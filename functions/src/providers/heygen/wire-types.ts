import { z } from "zod";

/** Fields we can do without: a wrong type in one of them must not hide a finished video. */
const someNumber = z.number().nullish().catch(null);
const someText = z.string().nullish().catch(null);

/** POST /v3/videos */
export const createdAnswer = z.object({ data: z.object({ video_id: z.string().min(1) }) });

/** GET /v3/videos/{video_id} */
export const videoAnswer = z.object({
  data: z.object({
    /** The vendor may add words; an unknown one counts as work in progress. */
    status: z.string(),
    video_url: z.string().nullish(),
    thumbnail_url: someText,
    /** Seconds of the finished video, which is what is billed. */
    duration: someNumber,
    failure_code: someText,
    failure_message: someText,
  }),
});
export type WireVideo = z.infer<typeof videoAnswer>["data"];

/** GET /v3/avatars/looks: the id of a look is the `avatar_id` of a video. */
export const looksAnswer = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      preview_image_url: z.string().nullish(),
      default_voice_id: z.string().nullish(),
      supported_api_engines: z.array(z.string()).nullish(),
    }),
  ),
});
export type WireLook = z.infer<typeof looksAnswer>["data"][number];

/** GET /v3/voices */
export const voicesAnswer = z.object({ data: z.array(z.object({ voice_id: z.string().min(1) })) });

/** GET /v3/users/me: `wallet` is null for accounts that pay in another way. */
export const accountAnswer = z.object({
  data: z.object({
    wallet: z.object({ currency: z.string().nullish(), remaining_balance: z.number().nullish() }).nullish(),
  }),
});

/** POST /v3/webhooks/endpoints */
export const endpointAnswer = z.object({
  data: z.object({ endpoint_id: z.string().min(1), secret: z.string().min(1) }),
});

/** Every answer that is not 2xx. */
export const errorAnswer = z.object({ error: z.object({ code: someText, message: someText }) });

/** A delivery, to a registered endpoint as well as to a `callback_url`. */
export const webhookEvent = z.object({
  event_id: someText,
  event_type: z.string(),
  event_data: z.object({ callback_id: someText }).nullish(),
});
