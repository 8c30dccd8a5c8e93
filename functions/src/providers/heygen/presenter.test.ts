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
function withLists(lists: Answer[], settings: Record<string, string> = {}, start?: Answer) {
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
        const started = start ?? { status: 200, body: { data: { video_id: "v1" } } };
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
const voices = looks;
const japanese = { voice_id: "ja_1", language: "Japanese" };
const german = { voice_id: "de_1", language: "German (Austria)" };
const english = { voice_id: "en_1", language: "English" };
const page = (next_token: string, ...data: object[]): Answer => ({
  status: 200,
  body: { data, has_more: true, next_token },
});

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
      voices({ voice_id: "v", language: "English" }),
    ]);
    await at.provider.start(avatarPlan, context);
    await at.provider.start(avatarPlan, context);
    expect(at.paths).toEqual([
      "GET /v3/avatars/looks?ownership=public&limit=50",
      "GET /v3/voices?limit=100",
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

  it("gives a photo the first voice of the vendor's list of which no other language is told", async () => {
    const at = withLists([{ status: 200, body: { data: [{ voice_id: "voice_1" }] } }]);
    await at.provider.start(photoPlan, context);
    expect(at.paths).toEqual(["GET /v3/voices?limit=100", "POST /v3/videos"]);
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

describe("the voice of a presenter", () => {
  it.each([
    ["Good morning.", "en_1"],
    ["Guten Morgen, ich bin Dana und das ist mein Team.", "de_1"],
    ["おはようございます。", "ja_1"],
    // Nothing but the letters tells the language: English comes first, never Japanese.
    ["Dana.", "en_1"],
  ])("of a photo that says %p is %s, wherever it stands in the list", async (text, voice_id) => {
    const at = withLists([voices(japanese, german, english)]);
    await at.provider.start({ ...photoPlan, text }, context);
    expect(at.bodies).toMatchObject([{ voice_id }]);
  });

  it("is not one of another language: without a fitting one the start is refused with a sentence", async () => {
    const at = withLists([voices(japanese, german)]);
    const text = "Good morning, I am Dana and this is my team.";
    expect(await at.provider.start({ ...photoPlan, text }, context)).toMatchObject({
      status: "refused",
      failure: {
        providerCode: "no_voice_for_language",
        detail: "no public voice speaks English: set HEYGEN_VOICE_ID to one that does",
      },
    });
    expect(at.bodies).toEqual([]);
  });

  it("replaces that of a look which speaks another language than the script", async () => {
    const at = withLists([looks(look("l", { default_voice_id: "ja_1" })), voices(japanese, english)]);
    await at.provider.start(avatarPlan, context);
    expect(at.bodies).toMatchObject([{ avatar_id: "l", voice_id: "en_1" }]);
  });

  it("is that of the look when the list of voices cannot be read", async () => {
    const at = withLists([looks(look("l", { default_voice_id: "v" })), { status: 500, body: "" }]);
    await at.provider.start(avatarPlan, context);
    expect(at.bodies).toMatchObject([{ avatar_id: "l" }]);
    expect(at.bodies[0]).not.toHaveProperty("voice_id");
  });

  it("is found on a further page, and pages that are not needed are not read", async () => {
    const at = withLists([page("p2", japanese), page("p3", english), voices(german)]);
    await at.provider.start(photoPlan, context);
    await at.provider.start(photoPlan, { idempotencyKey: "job_2:a1" });
    expect(at.paths).toEqual([
      "GET /v3/voices?limit=100",
      "GET /v3/voices?limit=100&token=p2",
      "POST /v3/videos",
      "POST /v3/videos",
    ]);
    expect(at.bodies).toMatchObject([{ voice_id: "en_1" }, { voice_id: "en_1" }]);
  });
});

describe("further pages of looks", () => {
  const oldLook = look("older", { supported_api_engines: ["avatar_iii"] });

  it("are read until a look fits", async () => {
    const at = withLists([page("2&x", oldLook), looks(look("good"))]);
    await at.provider.start(avatarPlan, context);
    expect(at.paths[1]).toBe("GET /v3/avatars/looks?ownership=public&limit=50&token=2%26x");
    expect(at.bodies).toMatchObject([{ avatar_id: "good" }]);
  });

  it("are bounded, also when the vendor names the same page again and again", async () => {
    const endless = withLists(Array.from({ length: 100 }, (_, index) => page(`p${index}`, oldLook)));
    expect(await endless.provider.start(avatarPlan, context)).toMatchObject({ status: "refused" });
    expect(endless.paths).toHaveLength(20);
    const circular = withLists(Array.from({ length: 100 }, () => page("p", oldLook)));
    expect(await circular.provider.start(avatarPlan, context)).toMatchObject({ status: "refused" });
    expect(circular.paths).toHaveLength(2);
  });

  it("keep the entries that can be read beside one that cannot", async () => {
    const at = withLists([looks({ id: 7 }, { nonsense: true }, look("good"))]);
    await at.provider.start(avatarPlan, context);
    expect(at.bodies).toMatchObject([{ avatar_id: "good" }]);
  });
});

describe("a presenter that the vendor refuses", () => {
  it.each(["unlimited_mode_disabled", "avatar_not_found", "avatar_expired"])(
    "with %s is not chosen by the next start",
    async (code) => {
      const refusal = { status: 400, body: { error: { code, message: "m" } } };
      const at = withLists([looks(look("first"), look("second"))], {}, refusal);
      expect(await at.provider.start(avatarPlan, context)).toMatchObject({
        status: "refused",
        failure: { code: "catalogue_outdated", providerCode: code },
      });
      await at.provider.start(avatarPlan, { idempotencyKey: "job_1:a2" });
      expect(at.bodies).toMatchObject([{ avatar_id: "first" }, { avatar_id: "second" }]);
    },
  );

  it("for its voice gets another voice", async () => {
    const refusal = { status: 400, body: { error: { code: "voice_unavailable", message: "m" } } };
    const second = { voice_id: "en_2", language: "English" };
    const at = withLists([voices(english, second)], {}, refusal);
    await at.provider.start(photoPlan, context);
    await at.provider.start(photoPlan, { idempotencyKey: "job_1:a2" });
    expect(at.bodies).toMatchObject([{ voice_id: "en_1" }, { voice_id: "en_2" }]);
  });
});
