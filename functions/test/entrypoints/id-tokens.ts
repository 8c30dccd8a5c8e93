import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, request as plainRequest } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";

const nowSeconds = Math.floor(Date.now() / 1_000);

/** A pair of keys as Google has them, and a token as it makes them for users of a project. */
export function createIssuer(projectId: string) {
  const google = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const claims = {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: "ada",
    iat: nowSeconds - 60,
    exp: nowSeconds + 3_600,
    auth_time: nowSeconds - 60,
    firebase: { identities: {}, sign_in_provider: "password" },
  };
  const token = (more: object = {}) => signed({ alg: "RS256", kid: "k1" }, { ...claims, ...more }, google);
  const [header = "", body = "", signature = ""] = token().split(".");
  const unsigned = encode({ alg: "none", kid: "k1" });

  return {
    token,
    publicKey: google.publicKey.export({ type: "spki", format: "pem" }).toString(),
    /** Whatever somebody may show who cannot have the key. */
    forged: {
      "no token": "",
      "a word": "secret",
      "an expired one": token({ iat: nowSeconds - 7_200, exp: nowSeconds - 3_600 }),
      "one of another project": token({ aud: "other", iss: "https://securetoken.google.com/other" }),
      "one of another issuer": token({ iss: "https://accounts.example.com" }),
      "one for another audience": token({ aud: "other" }),
      "one without a user": token({ sub: "" }),
      "one of another key": signed({ alg: "RS256", kid: "k1" }, claims, stranger),
      "one of a key that nobody knows": signed({ alg: "RS256", kid: "k2" }, claims, google),
      "an unsigned one": `${unsigned}.${body}.`,
      "an unsigned one with a signature": `${unsigned}.${body}.${signature}`,
      "one signed with the public key as a password": `${encode({ alg: "HS256", kid: "k1" })}.${body}.${signature}`,
      "one with another user put in": `${header}.${encode({ ...claims, sub: "bob" })}.${signature}`,
      "one with admin put in": `${header}.${encode({ ...claims, admin: true })}.${signature}`,
      "one without its signature": `${header}.${body}.`,
    },
  };
}

/** Answers for Google, which publishes its public keys; nothing else is answered. */
export async function publishKeys(keys: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=3600" });
    response.end(JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const spy = jest
    .spyOn(https, "request")
    .mockImplementation(((_options: unknown, answered: never) =>
      plainRequest({ host: "127.0.0.1", port }, answered)) as typeof https.request);
  return async () => {
    spy.mockRestore();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

function signed(header: object, claims: object, { privateKey }: { privateKey: KeyObject }): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
