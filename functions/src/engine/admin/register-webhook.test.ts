import { describe, expect, it } from "@jest/globals";
import { createWorld } from "../../../test/engine/world.js";
import { RequestError } from "../../domain/errors.js";
import { registerWebhook } from "./register-webhook.js";

describe("the registration of our endpoint", () => {
  it("brings the secret to whoever asked, and to no log", async () => {
    const world = createWorld();
    const registration = await registerWebhook(world.deps, "root", "heygen");
    if (registration.status === "refused") throw new Error("it was refused");
    const { url, endpointId, signingSecret } = registration;
    expect(url).toBe("https://fn.example.test/webhook/heygen");
    expect(signingSecret).toMatch(/^whsec_/);
    expect(world.audit.lines).toEqual([
      {
        at: world.now(),
        actor: "root",
        action: "webhook.registered",
        target: "heygen",
        details: { url, endpointId },
      },
    ]);
    const fields = { actor: "root", target: "heygen" };
    expect(world.log.lines).toContainEqual({ level: "info", event: "admin.webhook.registered", fields });
    expect(JSON.stringify([world.log.lines, world.audit.lines])).not.toContain(signingSecret);
  });

  it.each(["runway", "runware", "nobody"])("is impossible at %s, and says where it is not", async (id) => {
    const world = createWorld();
    const registering = registerWebhook(world.deps, "root", id);
    await expect(registering).rejects.toThrow(RequestError);
    await expect(registering).rejects.toThrow("these have: heygen");
    expect(world.audit.lines).toEqual([]);
  });

  it("leaves no line when the provider refuses or does not answer", async () => {
    const world = createWorld({ faults: ["heygen:unauthorized*1", "heygen:hang"] });
    world.fault("heygen:unauthorized");
    await expect(registerWebhook(world.deps, "root", "heygen")).rejects.toThrow("the line is cut");
    expect(world.audit.lines).toEqual([]);
  });
});
