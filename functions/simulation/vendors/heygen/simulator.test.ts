import { describe, expect, it } from "@jest/globals";
import { heygen } from "../../../src/providers/heygen/index.js";
import { body, idOf, machine, read } from "../../../test/providers/heygen-machine.js";
import { openVendorBench } from "../../../test/providers/provider.contract.js";
import { heygenSimulation } from "./simulator.js";

describe("the simulated HeyGen", () => {
  it("answers a missing and a wrong key alike (H18)", () => {
    const at = machine();
    for (const key of ["", "wrong"]) {
      const response = at.send("GET", "/v3/users/me", undefined, { "x-api-key": key });
      expect(response).toMatchObject({
        status: 401,
        body: { error: { code: "unauthorized", message: "Unauthorized" } },
      });
    }
  });

  it.each([
    [{ ...body, audio_url: "https://files.example.test/a.mp3" }, "audio_url"],
    [{ ...body, script: undefined }, "script"],
    [{ ...body, test: true }, "test"],
    [{ ...body, dimension: { width: 1280, height: 720 } }, "dimension"],
    [{ ...body, aspect_ratio: "4:3" }, "aspect_ratio"],
    [{ ...body, resolution: "4k" }, "resolution"],
    [{ ...body, avatar_id: undefined }, "avatar_id"],
    [{ ...body, script: "x".repeat(5_001) }, "script"],
    [{ ...body, callback_url: "http://plain.example.test" }, "callback_url"],
    [{ ...body, motion_prompt: "waves" }, "motion_prompt"],
    [{ ...body, engine: { type: "avatar_vi" } }, "engine.type"],
    [
      { type: "image", image: { type: "url", url: "https://p.example.test/a.png" }, script: "Hi" },
      "voice_id",
    ],
    [{ type: "studio", scenes: [] }, "type"],
    [{}, "type"],
  ])("refuses %j because of %s", (json, param) => {
    const at = machine();
    expect(at.start(json)).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_parameter", param } },
    });
    expect(at.simulator.paidStarts()).toEqual([]);
  });

  it("replays a start for a day, and is paid for it once", () => {
    const at = machine();
    const first = idOf(at.start(body, "job_42:a1"));
    at.advance(23 * 3_600_000);
    expect(idOf(at.start(body, "job_42:a1"))).toBe(first);
    expect(at.simulator.paidStarts()).toHaveLength(1);
    at.advance(2 * 3_600_000);
    expect(idOf(at.start(body, "job_42:a1"))).not.toBe(first);
    expect(at.simulator.paidStarts()).toHaveLength(2);
  });

  it("asks for the next generationFault only when a start is new and valid", () => {
    const at = machine({ type: "slow", factor: 1 }, { type: "no-credits" });
    at.start({ ...body, surprise: 1 });
    at.start(body, "a");
    at.start(body, "a");
    expect(at.start(body, "b").status).toBe(402);
    expect(at.start(body, "b").status).toBe(200);
  });

  it("refuses a key that the vendor would not take", () => {
    expect(machine().start(body, "job 42").status).toBe(400);
  });

  it("turns the eleventh running video away, and a stuck one does not hold its place for good", () => {
    const at = machine({ type: "stuck" });
    for (let count = 0; count < 10; count += 1) expect(at.start().status).toBe(200);
    expect(at.start()).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
    at.advance(3_600_000);
    for (let count = 0; count < 10; count += 1) expect(at.start().status).toBe(200);
  });

  it("goes through the vendor's words from start to end", () => {
    const at = machine();
    const id = idOf(at.start());
    const words = [0, 5_000, 60_000, 3_600_000].map((ms) => {
      at.advance(ms);
      return read(at.send("GET", `/v3/videos/${id}`)).data.status;
    });
    expect(words).toEqual(["waiting", "pending", "processing", "completed"]);
  });

  it("takes the price of a finished video out of the wallet", () => {
    const at = machine({ type: "slow", factor: 1 }, { type: "fail" });
    at.start({ ...body, script: "x".repeat(1_500) });
    at.start();
    at.advance(7_200_000);
    // 100 seconds of Avatar IV at 0.0667.
    expect(read(at.send("GET", "/v3/users/me")).data.wallet.remaining_balance).toBe(993.33);
  });

  it("reads many states at once (H11)", () => {
    const at = machine({ type: "slow", factor: 1 }, { type: "fail" });
    const [done, failed] = [idOf(at.start()), idOf(at.start())];
    at.advance(7_200_000);
    const row = { batch_id: null, item_index: null, error: null };
    expect(read(at.send("GET", `/v3/videos/statuses?video_ids=${done},${failed},vid_zz`))).toEqual({
      data: [
        { ...row, video_id: done, status: "completed" },
        { ...row, video_id: failed, status: "failed", error: { code: "internal_error" } },
        { ...row, video_id: "vid_zz", status: "not_found" },
      ],
      has_more: false,
      next_token: null,
    });
  });

  it("forgets a deleted video, bills it, and does not know it a second time (H15, H16)", () => {
    const at = machine();
    const id = idOf(at.start());
    const remove = () => at.send("DELETE", `/v3/videos/${id}`);
    expect(remove()).toMatchObject({ status: 200, body: { data: { id, deleted: true } } });
    const notFound = { error: { code: "video_not_found", message: `Video ${id} not found` } };
    expect(remove()).toMatchObject({ status: 404, body: notFound });
    expect(at.send("GET", `/v3/videos/${id}`)).toMatchObject({ status: 404, body: notFound });
    at.advance(7_200_000);
    expect(at.simulator.takeWebhooks()).toEqual([]);
    expect(read(at.send("GET", "/v3/users/me")).data.wallet.remaining_balance).toBeLessThan(1_000);
  });

  it("does not know paths of the retired generations", () => {
    expect(machine().send("POST", "/v2/video/generate", body).status).toBe(404);
    expect(machine().send("GET", "/v1/video_status.get?video_id=1").status).toBe(404);
    expect(machine().send("GET", "/v3/videos/%").status).toBe(404);
  });

  it("lets a provider without settings find a presenter and a voice", async () => {
    const bench = await openVendorBench({
      vendor: { ...heygen, settings: { HEYGEN_AVATAR_ID: { default: " ", meaning: "" } } },
      simulation: heygenSimulation,
    });
    const plan = {
      model: "heygen:avatar_v",
      mode: "avatar" as const,
      text: "Hello",
      size: { ratio: "16:9" as const, resolution: "720p" as const, width: 1280, height: 720 },
      durationSeconds: 1,
      audio: true,
    };
    expect((await bench.provider.start(plan, { idempotencyKey: "a" })).status).toBe("started");
    const photo = { ...plan, model: "heygen:photo_avatar_iv", mode: "photo" as const };
    const image = "https://p.example.test/a.png";
    expect((await bench.provider.start({ ...photo, image }, { idempotencyKey: "b" })).status).toBe("started");
    await bench.close();
  });
});
