import { setTimeout as sleep } from "node:timers/promises";
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
  const token = await signUp(authUrl);
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

async function signUp(authUrl: string): Promise<string> {
  const response = await fetch(`${authUrl}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=local`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      email: "ada@example.test",
      password: "a-local-password",
      returnSecureToken: true,
    }),
  });
  const { idToken } = (await response.json()) as { idToken?: string };
  if (idToken === undefined) throw new Error(`Signing up was answered with ${response.status}`);
  return idToken;
}
