import { z } from "zod";
import type { Vendor } from "../../providers/shared/vendor.js";
import { emulatorProblems } from "./emulators.js";
import { findProgram } from "./program.js";
import {
  baseUrl,
  defaultOf,
  type Environment,
  enabledVendors,
  listedNames,
  namesSomething,
  ownSchema,
  settings,
} from "./settings.js";

/** A vendor that has a key here, with everything that its client needs. */
export interface ConfiguredVendor {
  readonly vendor: Vendor;
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
  /** What it signs webhooks with. */
  readonly signingSecrets: readonly string[];
}

export interface Configuration {
  readonly projectId: string;
  readonly region: string;
  readonly storageBucket: string;
  readonly welcomeCredits: number;
  readonly retentionDays: number;
  /** A program on this machine that converts videos. */
  readonly ffmpegPath: string | null;
  /** Where the Transcoder API converts them instead. */
  readonly transcoderLocation: string | null;
  /** `null`: the account that the functions run as. */
  readonly tasksServiceAccount: string | null;
  /** A local Cloud Tasks server; `null` in the cloud. */
  readonly cloudTasksEndpoint: { readonly host: string; readonly port: number } | null;
  /** Without a trailing slash; a function's name follows. */
  readonly functionsBaseUrl: string;
  /** The same for providers, which may need another way in. */
  readonly webhookBaseUrl: string;
  /** Makes and checks the tokens of callback URLs; none hands out none. */
  readonly webhookSecrets: readonly string[];
  /** Enabled vendors in their order, with or without a key. */
  readonly enabled: readonly Vendor[];
  readonly configured: readonly ConfiguredVendor[];
}

/**
 * Reads and checks every setting. All that is missing or wrong is told in one message, because a
 * deployment that has to be repeated for each name is a slow way to learn them.
 */
export function readConfiguration(environment: Environment): Configuration {
  const names = Object.keys(ownSchema.shape);
  const own = ownSchema.safeParse(Object.fromEntries(names.map((name) => [name, textOf(environment, name)])));
  const enabled = enabledVendors(textOf(environment, "ENABLED_PROVIDERS"));
  const configured = readVendors(enabled, environment);
  const project = readProject(environment);
  const storageBucket = textOf(environment, "STORAGE_BUCKET") || project.storageBucket;
  const problems = [
    ...(own.error?.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) ?? []),
    ...(project.projectId === "" ? ["GCLOUD_PROJECT must name the project"] : []),
    ...(storageBucket === "" ? ["STORAGE_BUCKET must be set: the project has no default bucket"] : []),
    ...vendorProblems(enabled, configured, environment),
    ...emulatorProblems(environment),
  ];
  if (!own.success || problems.length > 0) throw new ConfigurationError(problems);
  const functionsBaseUrl =
    own.data.FUNCTIONS_BASE_URL || `https://${own.data.REGION}-${project.projectId}.cloudfunctions.net`;
  return {
    projectId: project.projectId,
    region: own.data.REGION,
    storageBucket,
    welcomeCredits: own.data.WELCOME_CREDITS,
    retentionDays: own.data.RETENTION_DAYS,
    ffmpegPath: own.data.FFMPEG_PATH || (own.data.TRANSCODER_LOCATION === "" ? onPath(environment) : null),
    transcoderLocation: own.data.TRANSCODER_LOCATION || null,
    tasksServiceAccount: own.data.TASKS_SERVICE_ACCOUNT || null,
    cloudTasksEndpoint: own.data.CLOUD_TASKS_ENDPOINT,
    functionsBaseUrl,
    webhookBaseUrl: own.data.WEBHOOK_BASE_URL || functionsBaseUrl,
    webhookSecrets: own.data.WEBHOOK_SECRET,
    enabled,
    configured,
  };
}

function onPath({ PATH: searchPath = "" }: Environment): string | null {
  return findProgram("ffmpeg", searchPath);
}

/** Names and remedies only, never a value: it is logged. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not complete: ${problems.join("; ")}.`);
    this.name = "ConfigurationError";
    this.problems = problems;
  }
}

function readVendors(enabled: readonly Vendor[], environment: Environment): ConfiguredVendor[] {
  return enabled
    .map((vendor) => ({
      vendor,
      apiKey: textOf(environment, vendor.keyName),
      baseUrl: textOf(environment, vendor.baseUrlName).replace(/\/+$/, ""),
      settings: Object.fromEntries(
        Object.keys(vendor.settings).map((name) => [name, textOf(environment, name)]),
      ),
      signingSecrets: listedNames(textOf(environment, vendor.webhookSecretName ?? "")),
    }))
    .filter(({ apiKey }) => apiKey !== "");
}

function vendorProblems(
  enabled: readonly Vendor[],
  configured: readonly ConfiguredVendor[],
  environment: Environment,
): string[] {
  const unknown = listedNames(textOf(environment, "ENABLED_PROVIDERS")).filter(
    (name) => !enabled.some(({ id }) => id === name),
  );
  const keyNames = enabled.map((vendor) => vendor.keyName).join(", ");
  return [
    ...(namesSomething(textOf(environment, "ENABLED_PROVIDERS"))
      ? []
      : ["ENABLED_PROVIDERS must name a provider, or nothing at all"]),
    ...(unknown.length > 0 ? [`ENABLED_PROVIDERS has unknown ${unknown.join(", ")}`] : []),
    ...(enabled.length > 0 && configured.length === 0
      ? [`no provider has a key: set at least one of ${keyNames}`]
      : []),
    ...configured.flatMap((entry) =>
      (baseUrl.safeParse(entry.baseUrl).error?.issues ?? []).map(
        (issue) => `${entry.vendor.baseUrlName} ${issue.message}`,
      ),
    ),
  ];
}

/**
 * A secret that was pasted with its line break is still the same key. Everything else is taken as it
 * stands: other readers of the same value do not trim it, and would see another one.
 */
function textOf(environment: Environment, name: string): string {
  const type = settings.find((setting) => setting.name === name)?.type;
  const value = environment[name] ?? "";
  const text = type === "secret" || type === "optionalSecret" ? value.trim() : value;
  return text === "" ? defaultOf(name) : text;
}

const firebaseConfig = z.object({ projectId: z.string().nullish(), storageBucket: z.string().nullish() });

/** The platform tells the project in `FIREBASE_CONFIG`; plain tools name it in `GCLOUD_PROJECT`. */
function readProject(environment: Environment): { projectId: string; storageBucket: string } {
  const parsed = firebaseConfig.safeParse(parseJson(environment.FIREBASE_CONFIG));
  return {
    projectId: parsed.data?.projectId ?? environment.GCLOUD_PROJECT ?? environment.GOOGLE_CLOUD_PROJECT ?? "",
    storageBucket: parsed.data?.storageBucket ?? "",
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
