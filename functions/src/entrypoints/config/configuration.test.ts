import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { ConfigurationError, readConfiguration } from "./configuration.js";
import type { Environment } from "./settings.js";
import { configurationTable, settings } from "./settings.js";

const project = JSON.stringify({ projectId: "demo-reelay", storageBucket: "demo-reelay.appspot.com" });
const least: Environment = { FIREBASE_CONFIG: project, RUNWAYML_API_SECRET: "key" };

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe("the configuration", () => {
  it("needs one key and nothing else", () => {
    expect(readConfiguration(least)).toMatchObject({
      projectId: "demo-reelay",
      region: "us-central1",
      storageBucket: "demo-reelay.appspot.com",
      welcomeCredits: 0,
      retentionDays: 90,
      tasksServiceAccount: null,
      cloudTasksEndpoint: null,
      functionsBaseUrl: "https://us-central1-demo-reelay.cloudfunctions.net",
      webhookBaseUrl: "https://us-central1-demo-reelay.cloudfunctions.net",
      webhookSecrets: [],
    });
  });

  it("leaves out a provider without a key, and keeps the order of the others", () => {
    const { configured, enabled } = readConfiguration({ ...least, RUNWARE_API_KEY: "key" });
    expect(configured.map(({ vendor }) => vendor.id)).toEqual(["runway", "runware"]);
    expect(enabled.map((vendor) => vendor.id)).toEqual(["heygen", "runway", "runware"]);
  });

  it("says in one sentence what to set when no provider has a key", () => {
    expect(() => readConfiguration({ FIREBASE_CONFIG: project })).toThrow(
      "The configuration is not complete: no provider has a key: " +
        "set at least one of HEYGEN_API_KEY, RUNWAYML_API_SECRET, RUNWARE_API_KEY.",
    );
  });

  it.each(["", " ", "\n", " \t\r\n"])(
    "takes a blank key for none, so that nobody is sent an empty one: %j",
    (key) => {
      expect(problemsOf({ ...least, RUNWAYML_API_SECRET: key })).toEqual([
        expect.stringMatching(/^no provider has a key/),
      ]);
      const { configured } = readConfiguration({ ...least, HEYGEN_API_KEY: key });
      expect(configured.map(({ vendor }) => vendor.id)).toEqual(["runway"]);
    },
  );

  it("tells everything that is missing or wrong at once", () => {
    const problems = problemsOf({
      REGION: "Frankfurt",
      RETENTION_DAYS: "0",
      WELCOME_CREDITS: "many",
      ENFORCE_APP_CHECK: "yes",
      TASKS_SERVICE_ACCOUNT: "nobody",
      CLOUD_TASKS_ENDPOINT: "localhost",
      FUNCTIONS_BASE_URL: "http://example.com",
      ENABLED_PROVIDERS: "runway, sora",
      RUNWAYML_API_SECRET: "key",
      RUNWAYML_BASE_URL: "ftp://example.com",
      WEBHOOK_SECRET: "longer-than-sixteen,short",
      WEBHOOK_BASE_URL: "http://example.com",
      OPTIONAL_SECRETS: "WEBHOOK_SECRET, OTHER",
    });
    expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
      "CLOUD_TASKS_ENDPOINT",
      "ENABLED_PROVIDERS",
      "ENFORCE_APP_CHECK",
      "FUNCTIONS_BASE_URL",
      "GCLOUD_PROJECT",
      "OPTIONAL_SECRETS",
      "REGION",
      "RETENTION_DAYS",
      "RUNWAYML_BASE_URL",
      "STORAGE_BUCKET",
      "TASKS_SERVICE_ACCOUNT",
      "WEBHOOK_BASE_URL",
      "WEBHOOK_SECRET",
      "WELCOME_CREDITS",
    ]);
  });

  const switches = [
    "TRUE",
    "True",
    "1",
    "yes",
    "on",
    " true",
    "true ",
    "true\n",
    "false ",
    "0",
    "no",
    "off",
    " ",
  ];
  const numbers = ["many", "1e3", "0x10", "+5", "-1", "5.0", " 5", "5 ", "007", "1_000", "", " "].filter(
    (value) => value !== "",
  );
  it.each([
    ["ENFORCE_APP_CHECK", "must be true or false", switches],
    ["ALLOW_ANONYMOUS", "must be true or false", switches],
    ["RETENTION_DAYS", "must be a whole number from 1 to 36500", [...numbers, "0", "36501", "9999999999"]],
    ["WELCOME_CREDITS", "must be a whole number from 0 to 1000000", [...numbers, "1000001"]],
    ["REGION", "must be a region", ["US-CENTRAL1", " us-central1", "us-central1 ", "us", "frankfurt"]],
    ["TRANSCODER_LOCATION", "must be a region", ["Europe-West1", " europe-west1", "none"]],
    ["STORAGE_BUCKET", "must be the name of a bucket", ["gs://b", "Bucket", " bucket", "a/b"]],
    ["ENABLED_PROVIDERS", "must name a provider", [" ", ",", " , "]],
    ["ENABLED_PROVIDERS", "has unknown", ["Runway", "runway;heygen", "all"]],
    ["TASKS_SERVICE_ACCOUNT", "must be the e-mail address", [" a@b.c", "a@b.c ", "a"]],
    [
      "CLOUD_TASKS_ENDPOINT",
      "must",
      ["localhost", "localhost:0", "localhost:99999", " localhost:1", "http://a:1"],
    ],
    [
      "FUNCTIONS_BASE_URL",
      "must be an https address",
      [" https://a.example", "https://a.example ", "HTTP://a.b", "a"],
    ],
    ["WEBHOOK_BASE_URL", "must be an https address", ["https://a .example", "ftp://a.example"]],
    ["RUNWAYML_BASE_URL", "must be an https address", [" https://a.example", "a.example"]],
    ["WEBHOOK_SECRET", "must", [",", "short", "longer-than-sixteen,short"]],
    ["OPTIONAL_SECRETS", "may name", ["webhook_secret", "HEYGEN_API_KEY"]],
  ])("takes no other way of writing a value: %s %s", (name, remedy, values) => {
    for (const value of values) {
      const problems = problemsOf({ ...least, [name]: value });
      expect({ value, problems }).toEqual({ value, problems: expect.arrayContaining([expect.any(String)]) });
      expect(problems.join("; ")).toContain(`${name} ${remedy}`);
    }
  });

  it.each([
    ["ENFORCE_APP_CHECK", ["true", "false", ""]],
    ["RETENTION_DAYS", ["1", "90", "36500", ""]],
    ["WELCOME_CREDITS", ["0", "1000000", ""]],
    ["REGION", ["europe-west3", "northamerica-northeast1", ""]],
    ["STORAGE_BUCKET", ["my-bucket.appspot.com", ""]],
    ["CLOUD_TASKS_ENDPOINT", ["localhost:8123", "127.0.0.1:65535", ""]],
    ["ENABLED_PROVIDERS", ["runway", " runway , heygen", ""]],
    ["FUNCTIONS_BASE_URL", ["https://a.example/", "http://127.0.0.1:5001/p/r", ""]],
  ])("takes what is written as it should be: %s", (name, values) => {
    for (const value of values) expect(problemsOf({ ...least, [name]: value })).toEqual([]);
  });

  const keyFile = join(mkdtempSync(join(tmpdir(), "configuration-test-")), "key.json");
  writeFileSync(keyFile, JSON.stringify({ type: "service_account", private_key: "made up" }));
  const login = `${keyFile}.login`;
  writeFileSync(login, JSON.stringify({ type: "authorized_user", refresh_token: "made up" }));
  afterAll(() => rmSync(dirname(keyFile), { recursive: true }));

  const emulated: Environment = {
    ...least,
    FUNCTIONS_BASE_URL: "http://127.0.0.1:5001/demo/us-central1",
    GOOGLE_APPLICATION_CREDENTIALS: keyFile,
    FUNCTIONS_EMULATOR: "true",
    FIRESTORE_EMULATOR_HOST: "127.0.0.1:8080",
    FIREBASE_STORAGE_EMULATOR_HOST: "127.0.0.1:9199",
    FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099",
    CLOUD_TASKS_ENDPOINT: "127.0.0.1:9499",
  };

  it("starts under the emulator when everything has a substitute", () => {
    expect(problemsOf(emulated)).toEqual([]);
    const { FIREBASE_STORAGE_EMULATOR_HOST: _, ...others } = emulated;
    expect(problemsOf({ ...others, STORAGE_EMULATOR_HOST: "http://127.0.0.1:9199" })).toEqual([]);
  });

  it.each([
    ["FIRESTORE_EMULATOR_HOST", "documents of production"],
    ["FIREBASE_STORAGE_EMULATOR_HOST", "a real bucket"],
    ["FIREBASE_AUTH_EMULATOR_HOST", "real accounts"],
    ["CLOUD_TASKS_ENDPOINT", "real queues"],
  ])("never reaches production from an emulator: without %s nothing starts", (name, what) => {
    for (const value of [undefined, ""]) {
      const problems = problemsOf({
        ...emulated,
        CLOUD_TASKS_EMULATOR_HOST: "127.0.0.1:9499",
        [name]: value,
      });
      expect(problems).toEqual([expect.stringMatching(new RegExp(`${name} must be set .*${what}`))]);
    }
  });

  it.each([
    ["FIRESTORE_EMULATOR_HOST", "firestore.googleapis.com:443"],
    ["FIREBASE_STORAGE_EMULATOR_HOST", "storage.googleapis.com"],
    ["FIREBASE_AUTH_EMULATOR_HOST", "IdentityToolkit.googleapis.com"],
    ["CLOUD_TASKS_ENDPOINT", "cloudtasks.googleapis.com:443"],
    ["CLOUD_TASKS_ENDPOINT", "tasks-1234.a.run.app:443"],
    ["TRANSCODER_LOCATION", "us-central1"],
    ["FUNCTIONS_BASE_URL", undefined],
    ["FUNCTIONS_BASE_URL", ""],
    ["FUNCTIONS_BASE_URL", "https://us-central1-demo.cloudfunctions.net"],
    ["GOOGLE_APPLICATION_CREDENTIALS", undefined],
    ["GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json"],
    ["GOOGLE_APPLICATION_CREDENTIALS", login],
  ])("takes nothing real for a substitute under the emulator: %s", (name, value) => {
    expect(problemsOf({ ...emulated, [name]: value })).toEqual([expect.stringContaining(`${name} must`)]);
  });

  it("never repeats a value, which could be a key in the wrong place", () => {
    const wrong = { REGION: "sk-secret-1", RUNWAYML_BASE_URL: "sk-secret-2", RETENTION_DAYS: "sk-secret-3" };
    expect(problemsOf({ ...least, ...wrong }).join()).not.toContain("sk-secret");
  });

  it("takes a key that was pasted with its line break", () => {
    const { configured } = readConfiguration({ ...least, RUNWAYML_API_SECRET: " key\n" });
    expect(configured[0]).toMatchObject({ apiKey: "key" });
  });

  it("lists only the enabled providers, and asks for no key of the others", () => {
    const environment = { ...least, HEYGEN_API_KEY: "key", ENABLED_PROVIDERS: "runway" };
    expect(readConfiguration(environment).enabled.map((vendor) => vendor.id)).toEqual(["runway"]);
  });

  it("takes plain http on this machine, where simulators run, without its trailing slash", () => {
    const { configured } = readConfiguration({ ...least, RUNWAYML_BASE_URL: "http://127.0.0.1:4010/" });
    expect(configured[0]).toMatchObject({ baseUrl: "http://127.0.0.1:4010" });
  });

  it("takes two secrets while one replaces the other", () => {
    const { webhookSecrets, configured } = readConfiguration({
      ...least,
      HEYGEN_API_KEY: "key",
      WEBHOOK_SECRET: "new-webhook-secret, old-webhook-secret\n",
      HEYGEN_WEBHOOK_SECRET: "whsec_new,whsec_old",
    });
    expect(webhookSecrets).toEqual(["new-webhook-secret", "old-webhook-secret"]);
    expect(configured.map(({ signingSecrets }) => signingSecrets)).toEqual([["whsec_new", "whsec_old"], []]);
  });

  it("lets providers have another way in than tasks", () => {
    const { functionsBaseUrl, webhookBaseUrl } = readConfiguration({
      ...least,
      WEBHOOK_BASE_URL: "https://hooks.example.com/",
    });
    expect(webhookBaseUrl).toBe("https://hooks.example.com");
    expect(functionsBaseUrl).not.toBe(webhookBaseUrl);
  });

  it("gives every vendor the settings that it declares, with their defaults", () => {
    const { configured } = readConfiguration({ ...least, RUNWAYML_VOICE_PRESET: "leo" });
    expect(configured[0]?.settings).toEqual({
      RUNWAYML_AVATAR_PRESET: "human-resource",
      RUNWAYML_VOICE_PRESET: "leo",
    });
  });
});

describe("the table of settings", () => {
  it("names every setting once", () => {
    const names = settings.map((setting) => setting.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has a value in functions/.env for all that the CLI would otherwise ask for", () => {
    // Without a terminal it does not ask but fails, default or not (firebase-tools params.ts, 2026-11-21).
    const lines = readFileSync(".env", "utf8").split("\n");
    const given = lines.filter((line) => /^[A-Z_]+=/.test(line));
    const asked = settings.filter(({ type }) => !["secret", "optionalSecret", "local"].includes(type));
    expect(given).toEqual(asked.map((setting) => `${setting.name}=${setting.default}`));
  });

  const readme = "../README.md";
  (existsSync(readme) ? it : it.skip)("says the same as the README", () => {
    const rows = readFileSync(readme, "utf8")
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")))
      .filter(([, name = ""]) => settings.some((setting) => setting.name === name))
      .map(([, name, needed, value]) => ({ name, needed, default: value }));
    expect(rows).toEqual(
      configurationTable.map(({ name, needed, default: value }) => ({ name, needed, default: value })),
    );
  });
});
