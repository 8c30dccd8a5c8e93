import { z } from "zod";
import { vendors } from "../../providers/index.js";
import type { Vendor } from "../../providers/shared/vendor.js";
import { isProgram } from "./program.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** One name that an installation may set, as the CLI, the check at start and the README see it. */
export interface Setting {
  readonly name: string;
  /**
   * `local` settings exist for a laptop and are never asked for at deployment. An `optionalSecret` is
   * bound only where `OPTIONAL_SECRETS` names it.
   */
  readonly type: "secret" | "optionalSecret" | "string" | "int" | "boolean" | "local";
  readonly default: string;
  readonly meaning: string;
}

export const regionSetting: Setting = {
  name: "REGION",
  type: "string",
  default: "us-central1",
  meaning: "Region of functions and queues.",
};

export const maxInstancesSetting: Setting = {
  name: "MAX_INSTANCES",
  type: "int",
  default: "10",
  meaning:
    "Instances that each function may have at once. A new project refuses to deploy more than its quota of CPUs; raise that first.",
};

/** Secrets that an installation can do without. A deployment fails on a secret that does not exist. */
export const optionalSecretNames: readonly string[] = [
  "WEBHOOK_SECRET",
  ...vendors.flatMap(({ webhookSecretName }) => webhookSecretName ?? []),
];

const ownSettings: readonly Setting[] = [
  {
    name: "ENABLED_PROVIDERS",
    type: "string",
    default: "",
    meaning: `Providers to use, separated by commas, of ${vendors.map((vendor) => vendor.id).join(", ")}. Empty: all. The secrets of the others need not exist.`,
  },
  regionSetting,
  maxInstancesSetting,
  {
    name: "STORAGE_BUCKET",
    type: "string",
    default: "",
    meaning: "Bucket for finished videos. Empty: the project's default bucket.",
  },
  { name: "WELCOME_CREDITS", type: "int", default: "0", meaning: "Credits of a new user." },
  {
    name: "RETENTION_DAYS",
    type: "int",
    default: "90",
    meaning: "Days after which ended jobs are deleted with their files.",
  },
  {
    name: "FFMPEG_PATH",
    type: "string",
    default: "",
    meaning: "Path of an ffmpeg that converts videos. Empty: the one on the PATH, if there is one.",
  },
  {
    name: "TRANSCODER_LOCATION",
    type: "string",
    default: "",
    meaning: "Region of the Transcoder API that converts videos. Empty: it is not used.",
  },
  {
    name: "ENFORCE_APP_CHECK",
    type: "boolean",
    default: "false",
    meaning: "Refuse callers without a valid App Check token.",
  },
  {
    name: "CONSUME_APP_CHECK",
    type: "boolean",
    default: "false",
    meaning:
      "Take an App Check token once for calls that spend credits, so that a copied one is worth nothing. The app must send limited-use tokens with them.",
  },
  {
    name: "ALLOW_ANONYMOUS",
    type: "boolean",
    default: "false",
    meaning:
      "Serve users who are signed in anonymously. Anybody can be any number of those, so caps for each user do not hold them.",
  },
  {
    name: "TASKS_SERVICE_ACCOUNT",
    type: "string",
    default: "",
    meaning:
      "Service account that calls the task functions, and the only one that may. Empty: the one that the functions run as, which has to be allowed by hand.",
  },
  {
    name: "WEBHOOK_SECRET",
    type: "optionalSecret",
    default: "",
    meaning:
      "Makes the tokens of callback URLs: any 16 characters or more; two, separated by a comma, while the first replaces the second. Empty: providers are given no callback URL and polling alone carries every job.",
  },
  {
    name: "WEBHOOK_BASE_URL",
    type: "string",
    default: "",
    meaning: "Where providers reach the functions. Empty: their address in the project and region.",
  },
  {
    name: "OPTIONAL_SECRETS",
    type: "string",
    default: "",
    meaning: `Secrets that exist in this project although they need not, separated by commas, of ${optionalSecretNames.join(", ")}.`,
  },
  {
    name: "CLOUD_TASKS_ENDPOINT",
    type: "local",
    default: "",
    meaning: "host:port of a local Cloud Tasks server. Empty: Google's.",
  },
  {
    name: "FUNCTIONS_BASE_URL",
    type: "local",
    default: "",
    meaning: "Where tasks reach the functions. Empty: their address in the project and region.",
  },
];

function vendorSettings(vendor: Vendor): readonly Setting[] {
  return [
    {
      name: vendor.keyName,
      type: "secret",
      default: "",
      meaning: `API key of ${vendor.label}. Without it ${vendor.label} is left out.`,
    },
    {
      name: vendor.baseUrlName,
      type: "string",
      default: vendor.defaultBaseUrl,
      meaning: `Address of the API of ${vendor.label}.`,
    },
    ...Object.entries(vendor.settings).map(
      ([name, setting]): Setting => ({ name, type: "string", ...setting }),
    ),
    ...webhookSecretSettings(vendor),
  ];
}

function webhookSecretSettings({ webhookSecretName: name, label }: Vendor): readonly Setting[] {
  if (name === undefined) return [];
  const meaning = `What ${label} signs webhooks to our endpoint with, as adminRegisterWebhook shows it; two, separated by a comma, while one replaces the other.`;
  return [{ name, type: "optionalSecret", default: "", meaning }];
}

export const settings: readonly Setting[] = [...vendors.flatMap(vendorSettings), ...ownSettings];

export function defaultOf(name: string): string {
  return settings.find((setting) => setting.name === name)?.default ?? "";
}

/** The vendors that `ENABLED_PROVIDERS` names; all of them when it is empty. */
export function enabledVendors(list: string): readonly Vendor[] {
  const names = listedNames(list);
  return names.length === 0 ? vendors : vendors.filter((vendor) => names.includes(vendor.id));
}

export function listedNames(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

interface ConfigurationRow {
  readonly name: string;
  readonly needed: string;
  readonly default: string;
  readonly meaning: string;
}

/** The same facts in the shape of the README's table. */
export const configurationTable: readonly ConfigurationRow[] = settings.map((setting) => ({
  name: setting.name,
  needed: setting.type === "secret" ? "one of the keys" : setting.type === "local" ? "local only" : "no",
  default: setting.default,
  meaning: setting.meaning,
}));

const loopbackHosts: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The host of a plain http address on this machine; `null` for any other address. */
export function loopbackHostOf(text: string): string | null {
  if (!/^\S+$/.test(text) || !URL.canParse(text)) return null;
  const { protocol, hostname } = new URL(text);
  return protocol === "http:" && loopbackHosts.has(hostname) ? hostname : null;
}

/** Written as a number is written; `1e3`, `+5` and `007` are slips. */
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^(?:0|[1-9]\d{0,9})$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

const trueOrFalse = z.enum(["true", "false"], "must be true or false, in small letters and nothing else");

/** The switches of an installation by name; of none a value may be read in any other way. */
export function readSwitch(
  name: "ENFORCE_APP_CHECK" | "CONSUME_APP_CHECK" | "ALLOW_ANONYMOUS",
  value: string | undefined,
): boolean {
  const read = trueOrFalse.safeParse(value || defaultOf(name));
  if (!read.success) throw new Error(`${name} ${read.error.issues[0]?.message}`);
  return read.data === "true";
}

/** https, or plain http to this machine, where simulators and stand-in servers run. */
export const baseUrl = z
  .string()
  .refine((text) => {
    const isHttps = /^\S+$/.test(text) && URL.canParse(text) && new URL(text).protocol === "https:";
    return isHttps || loopbackHostOf(text) !== null;
  }, "must be an https address, or http on 127.0.0.1")
  .transform((text) => text.replace(/\/+$/, ""));

const hostAndPort = z
  .string()
  .regex(/^$|^[\w.-]+:[1-9]\d{0,4}$/, "must be host:port")
  .refine((text) => Number(text.split(":")[1] ?? 1) <= 65_535, "must have a port up to 65535")
  .transform((text) => {
    const [host = "", port = ""] = text.split(":");
    return text === "" ? null : { host, port: Number(port) };
  });

/** Only commas and spaces look like a value and would count as none. */
export function namesSomething(list: string): boolean {
  return list === "" || listedNames(list).length > 0;
}

/** Several while one replaces the other; short ones could be guessed. */
const secrets = z
  .string()
  .refine(namesSomething, "must hold a secret, or nothing at all")
  .transform((text) => listedNames(text))
  .refine((list) => list.every((secret) => secret.length >= 16), "must have 16 characters or more");

const optionalSecrets = z
  .string()
  .refine(namesSomething, "must name a secret, or nothing at all")
  .refine(
    (text) => listedNames(text).every((name) => optionalSecretNames.includes(name)),
    `may name ${optionalSecretNames.join(", ")}`,
  );

const address = z.union([z.literal(""), baseUrl], "must be an https address, or http on 127.0.0.1");

/** What the values of our own settings must look like; all of them are texts when they are read. */
export const ownSchema = z.object({
  REGION: z.string().regex(/^[a-z]+-[a-z]+\d+$/, "must be a region such as us-central1"),
  STORAGE_BUCKET: z
    .string()
    .regex(/^$|^[a-z0-9][a-z0-9._-]+[a-z0-9]$/, "must be the name of a bucket, without gs://"),
  MAX_INSTANCES: wholeNumber(1, 1_000),
  WELCOME_CREDITS: wholeNumber(0, 1_000_000),
  RETENTION_DAYS: wholeNumber(1, 36_500),
  FFMPEG_PATH: z.string().refine((path) => path === "" || isProgram(path), "must be the path of a program"),
  TRANSCODER_LOCATION: z.string().regex(/^$|^[a-z]+-[a-z]+\d+$/, "must be a region such as us-central1"),
  ENFORCE_APP_CHECK: trueOrFalse,
  CONSUME_APP_CHECK: trueOrFalse,
  ALLOW_ANONYMOUS: trueOrFalse,
  TASKS_SERVICE_ACCOUNT: z
    .string()
    .regex(/^$|^[^@\s]+@[^@\s]+$/, "must be the e-mail address of a service account"),
  CLOUD_TASKS_ENDPOINT: hostAndPort,
  FUNCTIONS_BASE_URL: address,
  WEBHOOK_SECRET: secrets,
  WEBHOOK_BASE_URL: address,
  OPTIONAL_SECRETS: optionalSecrets,
});
