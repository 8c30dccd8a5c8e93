import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type App, deleteApp, initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { firebaseSignIns } from "./sign-ins.js";

const signedInAt = Date.parse("2026-11-21T04:00:00Z");
const signIn = { uid: "ada", signedInAt, tenant: null };

/** The account of ada, as Firebase Auth answers it; `null`: there is none. */
let account: object | null;
let status: number;
let asked: { path: string | undefined; body: unknown }[];
let server: Server;
let app: App;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    asked.push({ path: request.url, body: JSON.parse((await buffer(request)).toString()) });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(account === null ? {} : { users: [account] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.FIREBASE_AUTH_EMULATOR_HOST = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  app = initializeApp({ projectId: "demo-sign-ins" }, "sign-ins");
});

beforeEach(() => {
  account = { localId: "ada", validSince: String(signedInAt / 1_000 - 60) };
  status = 200;
  asked = [];
});

afterAll(async () => {
  await deleteApp(app);
  delete process.env.FIREBASE_AUTH_EMULATOR_HOST;
  await new Promise((resolve) => server.close(resolve));
});

const isValid = (change: Partial<typeof signIn> | { tenant: string } = {}) =>
  firebaseSignIns(getAuth(app))({ ...signIn, ...change });

describe("a sign-in", () => {
  it("is valid while its account is there and in use", async () => {
    expect(await isValid()).toBe(true);
    expect(asked).toMatchObject([{ body: { localId: ["ada"] } }]);
  });

  it("is not valid when the account is disabled or deleted", async () => {
    account = { ...account, disabled: true };
    expect(await isValid()).toBe(false);
    account = null;
    expect(await isValid()).toBe(false);
  });

  it("is not valid when it is older than the last sign-out everywhere", async () => {
    expect(await isValid({ signedInAt: signedInAt - 61_000 })).toBe(false);
    expect(await isValid({ signedInAt: signedInAt - 60_000 })).toBe(true);
  });

  it("is looked up in the tenant of its user", async () => {
    expect(await isValid({ tenant: "school" })).toBe(true);
    expect(asked[0]?.path).toContain("/tenants/school/");
  });

  it("is neither valid nor ended when nobody can tell: the call fails", async () => {
    status = 403;
    await expect(isValid()).rejects.toThrow();
  });
});
