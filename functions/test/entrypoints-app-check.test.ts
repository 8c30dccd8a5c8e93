import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it, jest } from "@jest/globals";
import express from "express";

describe("ENFORCE_APP_CHECK", () => {
  it("turns a caller away who shows no App Check token, before anything is read or built", async () => {
    process.env.ENFORCE_APP_CHECK = "true";
    // The SDK prints a line for every token that it looked at.
    jest.spyOn(console, "debug").mockReturnValue(undefined);
    const { getCredits } = await import("../src/index.js");
    const server = express()
      .use(express.json())
      .post("/getCredits", (request, response) =>
        getCredits(Object.assign(request, { rawBody: Buffer.alloc(0) }), response),
      )
      .listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/getCredits`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"data":{}}',
    });
    const body = await response.json();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(response.status).toBe(401);
    // Ours says "Sign in first."; this one comes from the platform.
    expect(body).toMatchObject({ error: { status: "UNAUTHENTICATED", message: "Unauthenticated" } });
  });

  it.each(["TRUE", "True", "1", "yes", "on", " true", "true ", "tru", "0", "no"])(
    "lets no function start with a value that is neither true nor false: %j",
    async (value) => {
      process.env.ENFORCE_APP_CHECK = value;
      jest.resetModules();
      await expect(import("../src/entrypoints/config/parameters.js")).rejects.toThrow(
        "ENFORCE_APP_CHECK must be true or false",
      );
    },
  );
});
