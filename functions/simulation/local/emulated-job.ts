import { setTimeout as sleep } from "node:timers/promises";
import { standInTolerance } from "../kit/clips/clip.js";
import { call } from "./callable-client.js";

const lookEveryMs = 2_000;
const giveUpAfterMs = 900_000;

interface View {
  readonly status: string;
  readonly error?: { readonly code: string } | null;
}

/** As an app does it: signs up, asks for a video, waits for its end and opens the file. */
export async function carryJob({
  functionsUrl,
  authUrl,
}: {
  readonly functionsUrl: string;
  readonly authUrl: string;
}): Promise<{ bytes: number; seconds: number }> {
  const startedAt = performance.now();
  await takeStandIns(functionsUrl, authUrl);
  const token = await signUp(authUrl, "ada@example.test");
  const request = { kind: "text", prompt: "A lighthouse at dusk, waves below.", durationSeconds: 5 };
  const { jobId } = await call<{ jobId: string }>(functionsUrl, "createVideo", request, token);
  const giveUpAt = performance.now() + giveUpAfterMs;
  for (;;) {
    const view = await call<View>(functionsUrl, "getVideo", { jobId }, token);
    if (view.status === "completed") break;
    if (view.status === "failed" || view.status === "cancelled" || performance.now() > giveUpAt) {
      throw new Error(`The job is ${view.status}: ${view.error?.code ?? "no error"}`);
    }
    await sleep(lookEveryMs);
  }
  const { url } = await call<{ url: string }>(functionsUrl, "getVideoUrl", { jobId }, token);
  const file = await fetch(url);
  const bytes = (await file.arrayBuffer()).byteLength;
  if (!file.ok || bytes === 0) throw new Error(`The file was answered with ${file.status}, ${bytes} bytes`);
  return { bytes, seconds: (performance.now() - startedAt) / 1_000 };
}

/** Vendors' files are smaller here than what they stand for, which a policy has to allow. */
async function takeStandIns(functionsUrl: string, authUrl: string): Promise<void> {
  const admin = await signUp(authUrl, "grace@example.test", { admin: true });
  const { live } = await call<{ live: { output: object } }>(functionsUrl, "adminPolicy", {}, admin);
  const policy = { ...live, output: { ...live.output, pixelTolerance: standInTolerance } };
  const publish = { action: "publish", policy, note: "stand-ins are small", acceptWarnings: true };
  await call(functionsUrl, "adminSetPolicy", publish, admin);
}

/** A new account of the emulator; its claims are set as the owner of the project would. */
async function signUp(authUrl: string, email: string, claims: object = {}): Promise<string> {
  const accounts = `${authUrl}/identitytoolkit.googleapis.com/v1/accounts`;
  const send = async (verb: string, body: object) => {
    const response = await fetch(`${accounts}:${verb}?key=local`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer owner" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${verb} was answered with ${response.status}`);
    return (await response.json()) as { idToken?: string; localId?: string };
  };
  const password = "a-local-password";
  const { localId } = await send("signUp", { email, password });
  await send("update", { localId, customAttributes: JSON.stringify(claims) });
  const { idToken = "" } = await send("signInWithPassword", { email, password, returnSecureToken: true });
  return idToken;
}
