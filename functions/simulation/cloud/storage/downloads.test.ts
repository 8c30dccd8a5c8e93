import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { bucketFor, bucketName, openStorageWorld, type StorageWorld } from "../__fixtures__/storage-world.js";
import { createSigningKey } from "./downloads.js";

let at: StorageWorld;

beforeEach(async () => {
  at = await openStorageWorld();
});

afterEach(() => at.close());

const hourMs = 3_600_000;

function signed(name: string, action: "read" | "write", more: Record<string, unknown> = {}): Promise<string> {
  const expires = Date.now() + hourMs;
  return at.bucket
    .file(name)
    .getSignedUrl({ version: "v4", action, expires, ...more })
    .then(([url]) => url);
}

describe("access", () => {
  const urlOf = (name: string) => `${at.server.origin}/${bucketName}/${name}`;

  it("denies strangers a private object, and does not say whether it exists", async () => {
    await at.bucket.file("private.mp4").save("secret", { resumable: false });
    for (const name of ["private.mp4", "missing.mp4"]) {
      const response = await fetch(urlOf(name));
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining("<Code>AccessDenied</Code>"),
      ]);
    }
    const put = await fetch(urlOf("private.mp4"), { method: "PUT", body: "mine" });
    expect(put.status).toBe(403);
  });

  it("opens a public object to everybody until it is private again", async () => {
    const file = at.bucket.file("public.mp4");
    await file.save("open", { resumable: false });
    await file.makePublic();
    const response = await fetch(urlOf("public.mp4"));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(await response.text()).toBe("open");
    await file.makePrivate();
    expect((await fetch(urlOf("public.mp4"))).status).toBe(403);
  });

  it("opens a signed URL until it expires", async () => {
    const name = "videos/u1/it's (new) + 100%.mp4";
    await at.bucket.file(name).save("bytes", { resumable: false });
    const url = await signed(name, "read");
    const response = await fetch(url, { headers: { range: "bytes=1-2" } });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      206,
      "video/mp4",
      "yt",
    ]);
    at.aheadMs = hourMs + 2_000;
    const expired = await fetch(url);
    expect([expired.status, await expired.text()]).toEqual([400, expect.stringContaining("ExpiredToken")]);
  });

  it("lets no browser guess another type than the one that was stored", async () => {
    await at.bucket.file("page.mp4").save("<script>alert(1)</script>", { resumable: false });
    const response = await fetch(await signed("page.mp4", "read"));
    const headers = ["content-type", "x-content-type-options"].map((name) => response.headers.get(name));
    expect(headers).toEqual(["video/mp4", "nosniff"]);
  });

  it("names the file as the signed URL says", async () => {
    await at.bucket.file("a.mp4").save("bytes", { resumable: false });
    const url = await signed("a.mp4", "read", { promptSaveAs: "My video.mp4", responseType: "video/x-test" });
    const response = await fetch(url);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="My video.mp4"');
    expect(response.headers.get("content-type")).toBe("video/x-test");
  });

  it("refuses a signed URL for another object, method, time or signer", async () => {
    for (const name of ["a.mp4", "b.mp4"]) await at.bucket.file(name).save("bytes", { resumable: false });
    const url = await signed("a.mp4", "read");
    const stranger = await createSigningKey("demo-reelay");
    const [foreign] = await bucketFor({ ...stranger, clientEmail: at.key.clientEmail })
      .file("a.mp4")
      .getSignedUrl({ version: "v4", action: "read", expires: Date.now() + hourMs });
    const [unknown] = await bucketFor({ ...stranger, clientEmail: "x@y.example" })
      .file("a.mp4")
      .getSignedUrl({ version: "v4", action: "read", expires: Date.now() + hourMs });
    const forged = [
      url.replace("/a.mp4", "/b.mp4"),
      url.replace("X-Goog-Expires=3", "X-Goog-Expires=4"),
      `${url}&response-content-type=text%2Fhtml`,
      foreign,
      unknown,
    ];
    for (const wrong of forged) expect((await fetch(wrong)).status).toBe(403);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
  });

  it("takes an upload through a signed URL with the content type it was signed for", async () => {
    const url = await signed("up.mp4", "write", { contentType: "video/mp4" });
    const wrong = await fetch(url, { method: "PUT", body: "x", headers: { "content-type": "text/html" } });
    expect(wrong.status).toBe(403);
    const put = await fetch(url, { method: "PUT", body: "vendor", headers: { "content-type": "video/mp4" } });
    expect(put.status).toBe(200);
    const [metadata] = await at.bucket.file("up.mp4").getMetadata();
    expect(metadata).toMatchObject({ contentType: "video/mp4", size: "6" });
  });

  it("bounds an upload through a signed URL", async () => {
    const extensionHeaders = { "x-goog-content-length-range": "1,100000" };
    const url = await signed("up.mp4", "write", { extensionHeaders });
    const streamed = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 4; chunk += 1) controller.enqueue(randomBytes(50_000));
        controller.close();
      },
    });
    for (const body of [randomBytes(200_000), streamed]) {
      const init: RequestInit = { method: "PUT", body, headers: extensionHeaders };
      const response = await fetch(url, { ...init, duplex: "half" } as RequestInit);
      expect([response.status, await response.text()]).toEqual([
        400,
        expect.stringContaining("EntityTooLarge"),
      ]);
    }
    expect(await at.bucket.file("up.mp4").exists()).toEqual([false]);
  });
});
