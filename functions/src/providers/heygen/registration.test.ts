import { describe, expect, it } from "@jest/globals";
import { UnreachableError } from "../../domain/errors.js";
import { answering, answeringVector } from "./__fixtures__/answering.js";
import { vector } from "./__fixtures__/vectors.js";

const url = "https://fn.example.test/hooks/heygen";

describe("the registration of an endpoint at HeyGen", () => {
  it("asks for the ends of videos only and brings the secret (H19)", async () => {
    const { provider, sent } = answeringVector("H19");
    expect(await provider.registerWebhook?.(url)).toEqual({
      status: "registered",
      endpointId: "wh_1",
      signingSecret: "whsec_test_3f9c1d",
    });
    expect(sent).toMatchObject([{ method: "POST", url: "https://api.heygen.com/v3/webhooks/endpoints" }]);
    expect(sent[0]?.body).toEqual(vector("H19").req.b);
  });

  it("is sent once, as a copy would be a second endpoint", async () => {
    const { provider, sent } = answeringVector("H19");
    await provider.registerWebhook?.(url);
    expect(sent.map(({ repeatable }) => repeatable)).toEqual([false]);
  });

  it("says what the vendor says when that refuses (H20)", async () => {
    const { provider } = answeringVector("H20");
    expect(await provider.registerWebhook?.("http://plain.example.test")).toMatchObject({
      status: "refused",
      failure: { code: "invalid_request", providerCode: "invalid_parameter", statusCode: 400 },
    });
  });

  it.each([
    [500, { error: { code: "internal_error" } }],
    [200, { data: { endpoint_id: "wh_1" } }],
    [200, "<html>"],
  ])("does not know how an answer ended that is %i %j", async (status, body) => {
    const { provider } = answering(status, body);
    await expect(provider.registerWebhook?.(url)).rejects.toThrow(UnreachableError);
  });
});
