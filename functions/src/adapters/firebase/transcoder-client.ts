import { z } from "zod";

export interface TranscoderClientOptions {
  readonly projectId: string;
  readonly location: string;
  readonly baseUrl?: string;
  /** Instead of the credentials that the functions run with. */
  readonly authorize?: () => Promise<Record<string, string>>;
}

/** A job of the Transcoder API, as far as we look at it. */
const transcoderJob = z.object({
  name: z.string(),
  state: z.string().nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
});
export type TranscoderJob = z.output<typeof transcoderJob>;

export interface TranscoderClient {
  create(body: unknown): Promise<TranscoderJob>;
  get(name: string): Promise<TranscoderJob>;
  /** Also ends one that is running. */
  delete(name: string): Promise<void>;
}

const callTimeoutMs = 30_000;

/** The three calls that we need, without the client library, which would weigh on every start. */
export function transcoderClient(options: TranscoderClientOptions): TranscoderClient {
  const { projectId, location, baseUrl = "https://transcoder.googleapis.com" } = options;
  const { authorize = googleAuthorization() } = options;
  const parent = `projects/${projectId}/locations/${location}`;

  async function call(method: string, path: string, body?: unknown): Promise<string> {
    const response = await fetch(`${baseUrl}/v1/${path}`, {
      method,
      headers: { ...(await authorize()), "content-type": "application/json" },
      signal: AbortSignal.timeout(callTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the transcoder answered ${response.status}: ${text.slice(0, 200)}`);
    return text;
  }

  return {
    create: async (body) => transcoderJob.parse(JSON.parse(await call("POST", `${parent}/jobs`, body))),
    get: async (name) => transcoderJob.parse(JSON.parse(await call("GET", name))),
    delete: async (name) => {
      await call("DELETE", name);
    },
  };
}

function googleAuthorization(): () => Promise<Record<string, string>> {
  let opened: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;
  return async () => {
    opened ??= import("google-auth-library").then(
      ({ GoogleAuth }) => new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" }),
    );
    return { authorization: `Bearer ${await (await opened).getAccessToken()}` };
  };
}
