import { vendors } from "../../providers/index.js";
import type { Vendor } from "../../providers/shared/vendor.js";

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
    name: "TASKS_SERVICE_ACCOUNT",
    type: "string",
    default: "",
    meaning: "Service account that calls the task functions. Empty: the one that the functions run as.",
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
