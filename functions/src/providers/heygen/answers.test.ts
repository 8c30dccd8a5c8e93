import { describe, expect, it } from "@jest/globals";
import { UnreachableError } from "../../domain/errors.js";
import { answering, answeringVector } from "./__fixtures__/answering.js";
import { avatarPlan, photoPlan } from "./__fixtures__/plans.js";
import { vector } from "./__fixtures__/vectors.js";

const context = { idempotencyKey: "job_42:a1" };
const videoOf = (id: string) => ({ videoId: id, model: "heygen:avatar_iv" });

describe("a start of HeyGen", () => {
  it("sends an avatar request as the vendor's test vector has it (H1)", async () => {
    const { req } = vector("H1");
    const { provider, sent } = answeringVector("H1");
    const callbackUrl = "https://fn.example.test/hooks/heygen?t=8f2c";
    const result = await provider.start(avatarPlan, { ...context, callbackUrl });
    // Captions and a title of one's own are choices of that caller; the engine is ours to name.
    const { caption: _caption, ...body } = req.b as Record<string, unknown>;
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: req.m, url: `https://api.heygen.com${req.p}`, headers: req.h });
    expect(sent[0]?.body).toEqual({ ...body, title: "job_42:a1", engine: { type: "avatar_iv" } });
    expect(result).toEqual({ status: "started", operation: videoOf("vid_9f2c") });
  });

  it("sends a photo request as the vendor's test vector has it (H2)", async () => {
    const { req } = vector("H2");
    const { provider, sent } = answeringVector("H2");
    const result = await provider.start(photoPlan, { idempotencyKey: "job_43:a1" });
    const { expressiveness: _expressiveness, ...body } = req.b as Record<string, unknown>;
    expect(sent[0]?.body).toEqual({ ...body, title: "job_43:a1" });
    expect(sent[0]?.headers["Idempotency-Key"]).toBe("job_43:a1");
    expect(result).toMatchObject({ status: "started", operation: { videoId: "vid_9f2d" } });
  });

  it.each([
    ["H3", { code: "catalogue_outdated", providerCode: "invalid_parameter", statusCode: 400 }],
    ["H4", { code: "vendor_quota", providerCode: "insufficient_credit", statusCode: 402 }],
    ["H5", { code: "rate_limited", retryAfterMs: 30_000, statusCode: 429 }],
  ])("is refused as vector %s says", async (id, failure) => {
    const result = await answeringVector(id).provider.start(avatarPlan, context);
    expect(result).toMatchObject({ status: "refused", failure });
  });

  it("stays open while an earlier copy is under way (H6)", async () => {
    const start = answeringVector("H6").provider.start(avatarPlan, context);
    await expect(start).rejects.toMatchObject({ sent: "maybe", retryAfterMs: 10_000 });
  });

  it.each([
    [500, "server_error"],
    [504, "timeout"],
    [408, "timeout"],
    [302, "unknown"],
  ])("stays open after status %i", async (status, code) => {
    const start = answering(status, "").provider.start(avatarPlan, context);
    await expect(start).rejects.toMatchObject({ name: "UnreachableError", sent: "maybe", code });
  });

  it("stays open when the acceptance cannot be read", async () => {
    const start = answering(200, { data: {} }).provider.start(avatarPlan, context);
    await expect(start).rejects.toMatchObject({ sent: "maybe" });
  });

  it.each([
    [413, undefined, "invalid_request"],
    [400, "script_too_short", "invalid_request"],
    [400, "a_word_of_tomorrow", "unknown"],
    [400, "avatar_expired", "catalogue_outdated"],
    [404, "avatar_not_found", "catalogue_outdated"],
    [404, undefined, "unknown"],
    [403, "resource_access_denied", "authentication"],
    [402, "plan_upgrade_required", "vendor_quota"],
    [429, "quota_exceeded", "vendor_quota"],
    [400, "content_policy_violation", "content_blocked"],
    [503, "service_unavailable", "server_error"],
    [400, "constructor", "unknown"],
  ])("maps status %i with code %s to %s", async (status, code, expected) => {
    const body = code === undefined ? "<html></html>" : { error: { code, message: "m".repeat(900) } };
    const result = await answering(status, body).provider.start(avatarPlan, context);
    expect(result).toMatchObject({ status: "refused", failure: { code: expected, statusCode: status } });
    expect(JSON.stringify(result).length).toBeLessThan(500);
  });
});

describe("a status of HeyGen", () => {
  const read = (id: string) => answeringVector(id).provider.status(videoOf("vid_9f2c"));

  it("is pending while the vendor works (H7)", async () => {
    expect(await read("H7")).toEqual({ status: "pending" });
  });

  it("bills a finished video by its real length (H8)", async () => {
    expect(await read("H8")).toEqual({
      status: "succeeded",
      outputUrl: "https://files.example.test/vid_9f2c.mp4?Expires=1795838820",
      thumbnailUrl: "https://files.example.test/vid_9f2c.jpg",
      costUsdMicros: 2_094_380,
    });
  });

  it("is the vendor's fault when the vendor's voice broke (H9)", async () => {
    const status = await read("H9");
    expect(status).toMatchObject({
      status: "failed",
      failure: { code: "processing_failed", providerCode: "voice_provider_error" },
    });
  });

  it("is missing when the vendor does not know the video (H10)", async () => {
    expect(await read("H10")).toEqual({ status: "missing" });
  });

  it("is not missing because a proxy's page says so", async () => {
    const { provider } = answering(404, "<html>Not Found</html>");
    await expect(provider.status(videoOf("vid_9f2c"))).rejects.toBeInstanceOf(UnreachableError);
  });

  it.each([
    ["waiting", {}],
    ["pending", {}],
    ["queued", {}],
    ["processing", {}],
    ["generating", {}],
    ["a_word_of_tomorrow", { unknownWord: "a_word_of_tomorrow" }],
    ["constructor", { unknownWord: "constructor" }],
  ])("takes %s for pending, and names a word that it does not know", async (word, named) => {
    const { provider } = answering(200, { data: { status: word } });
    expect(await provider.status(videoOf("v"))).toEqual({ status: "pending", ...named });
  });

  it.each([
    ["content_policy_violation", "content_blocked"],
    ["gateway_timeout", "timeout"],
    ["download_failed", "invalid_request"],
    ["insufficient_credit", "vendor_quota"],
    ["internal_error", "processing_failed"],
    ["avatar_not_usable", "catalogue_outdated"],
    [null, "processing_failed"],
    ["a_word_of_tomorrow", "unknown"],
  ])("maps failure code %s to %s", async (failure_code, code) => {
    const { provider } = answering(200, { data: { status: "failed", failure_code } });
    expect(await provider.status(videoOf("v"))).toMatchObject({ status: "failed", failure: { code } });
  });

  it("waits on when a finished video has no URL yet", async () => {
    const { provider } = answering(200, { data: { status: "completed", video_url: null } });
    expect(await provider.status(videoOf("v"))).toEqual({ status: "pending" });
  });

  it("does not lose a finished video over odd details", async () => {
    const data = { status: "completed", video_url: "https://files.heygen.com/v.mp4", duration: "31" };
    const { provider } = answering(200, { data: { ...data, thumbnail_url: 7 } });
    expect(await provider.status(videoOf("v"))).toEqual({ status: "succeeded", outputUrl: data.video_url });
  });

  it.each([401, 403, 429, 500, 503])("is a missed read after status %i", async (status) => {
    const { provider } = answering(status, { error: { code: "x", message: "secret text" } });
    const missed = provider.status(videoOf("v"));
    await expect(missed).rejects.toBeInstanceOf(UnreachableError);
    await expect(missed).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
  });

  it("is a missed read when HTML or cut-off JSON comes back", async () => {
    for (const body of ["<html></html>", '{"data":{"status":"comp']) {
      await expect(answering(200, body).provider.status(videoOf("v"))).rejects.toBeInstanceOf(
        UnreachableError,
      );
    }
  });
});

describe("a probe of HeyGen", () => {
  it("reads the wallet (H17)", async () => {
    const { provider, sent } = answeringVector("H17");
    expect(await provider.probe()).toEqual({ status: "ok", balanceUsdMicros: 41_250_000 });
    expect(sent[0]).toMatchObject({ method: "GET", url: "https://api.heygen.com/v3/users/me" });
  });

  it("is well without a balance when the account has no wallet", async () => {
    const { provider } = answering(200, { data: { billing_type: "subscription", wallet: null } });
    expect(await provider.probe()).toEqual({ status: "ok" });
  });

  it("reports a wrong key (H18)", async () => {
    const result = await answeringVector("H18").provider.probe();
    expect(result).toMatchObject({ status: "failed", failure: { code: "authentication" } });
  });
});
