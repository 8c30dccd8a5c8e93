import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { setGlobalOptions } from "firebase-functions/options";
import { defineBoolean, defineInt, defineSecret, defineString } from "firebase-functions/params";
import {
  type Environment,
  enabledVendors,
  listedNames,
  maxInstancesSetting,
  optionalSecretNames,
  readSwitch,
  regionSetting,
  type Setting,
  settings,
} from "./settings.js";

/**
 * While it looks for functions to deploy, the CLI starts this code without the values of `.env`
 * (firebase-tools, prepare.ts `loadCodebases`, read 2026-11-21). Which secrets to ask for has to be
 * known just then, so the files are read here.
 */
function deploymentEnvironment(environment: Environment = process.env): Environment {
  if (environment.FUNCTIONS_CONTROL_API !== "true") return environment;
  return { ...readEnv(".env"), ...readEnv(`.env.${environment.GCLOUD_PROJECT}`), ...environment };
}

function readEnv(path: string): Environment {
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
}

const { ENABLED_PROVIDERS = "", OPTIONAL_SECRETS = "", TASKS_SERVICE_ACCOUNT = "" } = deploymentEnvironment();
const optionalNames = listedNames(OPTIONAL_SECRETS);

/** Keys of the enabled providers, and what else exists. A deployment fails on a secret that does not. */
export const secrets = [
  ...enabledVendors(ENABLED_PROVIDERS).map((vendor) =>
    defineSecret(vendor.keyName, { description: `API key of ${vendor.label}` }),
  ),
  ...optionalSecretNames
    .filter((name) => optionalNames.includes(name))
    .map((name) =>
      defineSecret(name, {
        description: settings.find((setting) => setting.name === name)?.meaning ?? name,
      }),
    ),
];

for (const setting of settings) declare(setting);

/** Puts a setting before the CLI; `configuration.ts` reads and checks the values. */
function declare({ name, type, default: value, meaning: description }: Setting): void {
  if (type === "string") defineString(name, { default: value, description });
  if (type === "int") defineInt(name, { default: Number(value), description });
  if (type === "boolean") defineBoolean(name, { default: value === "true", description });
}

/** The same parameter again, as an expression for the functions' options. */
export const region = defineString(regionSetting.name, {
  default: regionSetting.default,
  description: regionSetting.meaning,
});

const maxInstances = defineInt(maxInstancesSetting.name, {
  default: Number(maxInstancesSetting.default),
  description: maxInstancesSetting.meaning,
});

/**
 * Who may call the task functions. They take the word of a token whose signature only Google's door has
 * checked, so that door is never open. Which account the functions run as is not known here: without a name
 * nothing is declared, since each deployment would take away what was granted by hand. As a value and not as a
 * parameter, which the CLI does not resolve in this place.
 */
export const taskAccess = TASKS_SERVICE_ACCOUNT === "" ? {} : { invoker: TASKS_SERVICE_ACCOUNT };

/**
 * Read when the functions are declared. A value that is neither true nor false lets nothing start: taken
 * for "off", a slip of the pen would open every call to everybody.
 */
export const isAppCheckEnforced = readSwitch("ENFORCE_APP_CHECK", process.env.ENFORCE_APP_CHECK);
export const isAppCheckConsumed = readSwitch("CONSUME_APP_CHECK", process.env.CONSUME_APP_CHECK);

/** Read with each call, since the value may differ between what is deployed and what is tested. */
export function isAnonymousAllowed(): boolean {
  return readSwitch("ALLOW_ANONYMOUS", process.env.ALLOW_ANONYMOUS);
}

// Every function builds the same runtime, so every one needs the keys. Functions are declared in
// files that import this one, since options that are set later do not reach them.
setGlobalOptions({ region, secrets, memory: "512MiB", maxInstances });
