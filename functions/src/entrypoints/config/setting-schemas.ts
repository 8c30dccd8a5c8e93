import { z } from "zod";
import { isProgram } from "./find-program.js";
import { listedNames, optionalSecretNames } from "./settings.js";

const loopbackHosts: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The host of a plain http address on this machine; `null` for any other address. */
export function loopbackHostOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname } = new URL(text);
  return protocol === "http:" && loopbackHosts.has(hostname) ? hostname : null;
}

const wholeNumber = (least: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= least, `must be ${least} or more`);

/** https, or plain http to this machine, where simulators and stand-in servers run. */
export const baseUrl = z
  .string()
  .refine((text) => {
    const isHttps = URL.canParse(text) && new URL(text).protocol === "https:";
    return isHttps || loopbackHostOf(text) !== null;
  }, "must be an https address, or http on 127.0.0.1")
  .transform((text) => text.replace(/\/+$/, ""));

const hostAndPort = z
  .string()
  .regex(/^$|^[\w.-]+:\d{1,5}$/, "must be host:port")
  .transform((text) => {
    const [host = "", port = ""] = text.split(":");
    return text === "" ? null : { host, port: Number(port) };
  });

/** Several while one replaces the other; short ones could be guessed. */
const secrets = z
  .string()
  .transform((text) => listedNames(text))
  .refine((list) => list.every((secret) => secret.length >= 16), "must have 16 characters or more");

const optionalSecrets = z
  .string()
  .refine(
    (text) => listedNames(text).every((name) => optionalSecretNames.includes(name)),
    `may name ${optionalSecretNames.join(", ")}`,
  );

const address = z.union([z.literal(""), baseUrl], "must be an https address, or http on 127.0.0.1");

/** What the values of our own settings must look like; all of them are texts when they are read. */
export const ownSchema = z.object({
  REGION: z.string().regex(/^[a-z]+-[a-z]+\d+$/, "must be a region such as us-central1"),
  WELCOME_CREDITS: wholeNumber(0),
  RETENTION_DAYS: wholeNumber(1),
  FFMPEG_PATH: z.string().refine((path) => path === "" || isProgram(path), "must be the path of a program"),
  TRANSCODER_LOCATION: z.string().regex(/^$|^[a-z]+-[a-z]+\d+$/, "must be a region such as us-central1"),
  ENFORCE_APP_CHECK: z.enum(["true", "false"], "must be true or false"),
  TASKS_SERVICE_ACCOUNT: z
    .string()
    .regex(/^$|^[^@\s]+@[^@\s]+$/, "must be the e-mail address of a service account"),
  CLOUD_TASKS_ENDPOINT: hostAndPort,
  FUNCTIONS_BASE_URL: address,
  WEBHOOK_SECRET: secrets,
  WEBHOOK_BASE_URL: address,
  OPTIONAL_SECRETS: optionalSecrets,
});
