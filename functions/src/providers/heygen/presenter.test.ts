import { describe, expect, it } from "@jest/globals";
import type { GenerationPlan } from "../../domain/provider/provider.js";
import type { HttpResponse } from "../shared/http.js";
import { heygen } from "./index.js";

const avatarPlan: GenerationPlan = {
  model: "heygen:avatar_v",
  mode: "avatar",
  text: "Good morning.",
  size: { ratio: "16:9", resolution: "720p", width: 1280, height: 720 },
  durationSeconds: 1,
  audio: true,
};
const photoPlan: GenerationPlan = {
  ...avatarPlan,
  model: "heygen:photo_avatar_iv",
  mode: "photo",
  image: "https://files.example.test/face.jpg",
};
const context = { idempotencyKey: "job_1:a1" };

type Answer = { status: number; body: unknown };

/** A provider without presenter settings, whose lists answer in turn and whose starts succeed. */
function withLists(lists: Answer[], settings: Record<string, string> = {}) {
  const paths: string[] = [];
  const bodies: unknown[] = [];
  const provider = heygen.create({
    apiKey: "k",
    baseUrl: "https://api.heygen.com",
    settings: { HEYGEN_AVATAR_ID: "", HEYGEN_VOICE_ID: "", ...settings },
    now: () => 0,
    http: {
      send: async (request): Promise<HttpResponse> => {
        paths.push(`${request.method} ${request.url.replace("https://api.heygen.com", "")}`);
        if (request.method === "POST") bodies.push(request.body);
        const started = { status: 200, body: { data: { video_id: "v1" } } };
        const { status, body } = request.method === "POST" ? started : (lists.shift() ?? started);
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return { status, headers: {}, text, unansweredBefore: false };
      },
    },
  });
  return { provider, paths, bodies };
}

const look = (id: string, rest: object = {}) => ({ id, name: id, preview_image_url: "https://p", ...rest });
const looks = (...data: object[]): Answer => ({ status: 200, body: { data, has_more: false } });

describe("the presenter of HeyGen", () => {
  it("is the first public look that is ready, has a voice and serves the engine", async () => {
    const at = withLists([
      looks(
        look("no_preview", { preview_image_url: null }),
        look("older", { supported_api_engines: ["avatar_iii"] }),
        look("mute", { default_voice_id: null }),
        look("good", { default_voice_id: "v", supported_api_engines: ["avatar_v"] }),
        look("later"),
      ),
    ]);
    await at.provider.start(avatarPlan, context);
    await at.provider.start(avatarPlan, context);
    expect(at.paths).toEqual([
      "GET /v3/avatars/looks?ownership=public&limit=50",
      "POST /v3/videos",
      "POST /v3/videos",
    ]);
    expect(at.bodies).toMatchObject([{ avatar_id: "good" }, { avatar_id: "good" }]);
    expect(at.bodies[0]).not.toHaveProperty("voice_id");
  });

  it("may be a look without a voice when the settings name one", async () => {
    const at = withLists([looks(look("mute", { default_voice_id: null }))], { HEYGEN_VOICE_ID: "v9" });
    await at.provider.start(avatarPlan, context);
    expect(at.bodies).toMatchObject([{ avatar_id: "mute", voice_id: "v9" }]);
  });

  it("gives a photo the first voice of the vendor's list", async () => {
    const at = withLists([{ status: 200, body: { data: [{ voice_id: "voice_1" }] } }]);
    await at.provider.start(photoPlan, context);
    expect(at.paths).toEqual(["GET /v3/voices?limit=1", "POST /v3/videos"]);
    expect(at.bodies).toMatchObject([{ type: "image", voice_id: "voice_1" }]);
  });

  it("leaves the job to another model when no look serves the engine", async () => {
    const at = withLists([looks(look("older", { supported_api_engines: ["avatar_iii"] }))]);
    const result = await at.provider.start(avatarPlan, context);
    expect(result).toMatchObject({
      status: "refused",
      failure: { code: "unknown", providerCode: "no_usable_look" },
    });
    expect(at.bodies).toEqual([]);
  });

  it.each([
    [500, "server_error"],
    [404, "unknown"],
    [200, "unknown"],
  ])("has sent nothing when its list fails with status %i", async (status, code) => {
    const at = withLists([{ status, body: "<html></html>" }, looks(look("good"))]);
    const first = at.provider.start(avatarPlan, context);
    await expect(first).rejects.toMatchObject({ name: "UnreachableError", sent: "no", code });
    expect(at.bodies).toEqual([]);
    expect(await at.provider.start(avatarPlan, context)).toMatchObject({ status: "started" });
  });

  it("reports a wrong key that its list shows", async () => {
    const at = withLists([
      { status: 401, body: { error: { code: "unauthorized", message: "Unauthorized" } } },
    ]);
    const result = await at.provider.start(avatarPlan, context);
    expect(result).toMatchObject({ status: "refused", failure: { code: "authentication" } });
  });
});
