import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build } from "esbuild";
import { toManifest } from "../../scripts/manifest.mjs";
import { settings } from "../src/entrypoints/config/settings.js";

/** Every function with all that a deployment sets; compared with what the official tools find as well. */
const checkedIn = new URL("deployment/manifest.json", import.meta.url);

interface Manifest {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly params: readonly { name: string; type: string; default?: unknown }[];
}

interface Endpoint {
  readonly region: unknown;
  readonly maxInstances?: number | string | null;
  readonly callableTrigger?: object;
  readonly httpsTrigger?: { readonly invoker?: readonly string[] };
  readonly taskQueueTrigger?: { readonly invoker?: readonly string[] };
  readonly eventTrigger?: object;
  readonly scheduleTrigger?: { readonly schedule: string };
  readonly secretEnvironmentVariables?: readonly { key: string }[];
}

const loader = fileURLToPath(
  new URL("../node_modules/firebase-functions/lib/bin/firebase-functions.js", import.meta.url),
);
/** Below the package, so that its dependencies are found. */
const directory = fileURLToPath(new URL(`../.cache/manifest-${process.pid}`, import.meta.url));

/** Asks the SDK's own loader what would be deployed, in the bare environment that the CLI gives it. */
async function manifestOf(env: string): Promise<Manifest> {
  const output = join(directory, "manifest.json");
  await writeFile(join(directory, ".env"), env);
  await promisify(execFile)(process.execPath, [loader, directory], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GCLOUD_PROJECT: "demo-manifest",
      FUNCTIONS_CONTROL_API: "true",
      FUNCTIONS_MANIFEST_OUTPUT_PATH: output,
    },
  });
  return JSON.parse(await readFile(output, "utf8")) as Manifest;
}

beforeAll(async () => {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), '{ "type": "module", "main": "lib/index.js" }');
  await build({
    entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
    outdir: join(directory, "lib"),
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
  });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe("what the CLI would deploy", () => {
  it("is every callable, task and schedule, in the region of the parameter", async () => {
    const { endpoints } = await manifestOf("");
    const names = (kind: keyof Endpoint) =>
      Object.keys(endpoints)
        .filter((name) => endpoints[name]?.[kind] !== undefined)
        .sort();
    expect(names("callableTrigger")).toEqual([
      "adminBatchStatusCheck",
      "adminCheckCredits",
      "adminDeleteUser",
      "adminDrift",
      "adminDryRunPolicy",
      "adminGrantCredits",
      "adminListAmbiguous",
      "adminPause",
      "adminPolicy",
      "adminProviders",
      "adminRedrive",
      "adminRegisterWebhook",
      "adminResolveAmbiguous",
      "adminRunHealthCheck",
      "adminSetPolicy",
      "adminSetProvider",
      "cancelClips",
      "cancelSceneBatch",
      "cancelVideo",
      "createClips",
      "createSceneBatch",
      "createSceneVideo",
      "createVideo",
      "deleteMyData",
      "getClips",
      "getCredits",
      "getSceneBatch",
      "getVideo",
      "getVideoUrl",
      "listBatches",
      "listVideos",
      "quoteVideo",
      "retryClip",
      "retrySceneInBatch",
      "retryVideo",
      "waitForVideo",
    ]);
    expect(names("taskQueueTrigger")).toEqual([
      "advanceJob",
      "deleteUser",
      "pollJob",
      "startJob",
      "storeVideo",
    ]);
    expect(names("httpsTrigger")).toEqual(["webhook"]);
    expect(names("scheduleTrigger")).toEqual([
      "checkHealth",
      "checkMoney",
      "cleanUp",
      "storeOverdue",
      "sweep",
    ]);
    expect(names("eventTrigger")).toEqual(["userDeleted"]);
    expect(endpoints.userDeleted?.eventTrigger).toMatchObject({
      eventType: "google.firebase.auth.user.v2.deleted",
      retry: true,
    });
    const regions = Object.values(endpoints).map((endpoint) => endpoint.region);
    expect(new Set(regions)).toEqual(new Set(["{{ params.REGION }}"]));
  });

  it("is the checked-in manifest, to every number", async () => {
    const { endpoints } = await manifestOf("");
    expect(toManifest(endpoints)).toEqual(JSON.parse(await readFile(checkedIn, "utf8")));
  });

  it("opens callables and the webhook to the internet, and task functions to nobody who is not named", async () => {
    const account = "tasks@demo-manifest.iam.gserviceaccount.com";
    const invokers = async (env: string) => {
      const { endpoints } = await manifestOf(env);
      const told = Object.values(endpoints).filter(({ callableTrigger }) => callableTrigger === undefined);
      expect(told.filter(({ httpsTrigger }) => httpsTrigger !== undefined)).toEqual([endpoints.webhook]);
      expect(endpoints.webhook?.httpsTrigger?.invoker).toEqual(["public"]);
      return new Set(told.flatMap(({ taskQueueTrigger: tasks }) => (tasks ? [String(tasks.invoker)] : [])));
    };
    // Declared as private, each deployment would take away what was granted by hand.
    expect(await invokers("")).toEqual(new Set(["undefined"]));
    expect(await invokers(`TASKS_SERVICE_ACCOUNT=${account}\n`)).toEqual(new Set([account]));
  });

  it("has no function with more instances than the parameter says, which a new project's quota allows", async () => {
    const { endpoints, params } = await manifestOf("");
    const limits = Object.values(endpoints).map(({ maxInstances }) => maxInstances);
    expect(new Set(limits)).toEqual(new Set(["{{ params.MAX_INSTANCES }}", 1]));
    expect(params.find(({ name }) => name === "MAX_INSTANCES")).toMatchObject({ type: "int", default: 10 });
  });

  it("declares every setting that is not for a laptop only", async () => {
    const { params } = await manifestOf("");
    const declared = settings
      .filter(({ type }) => type !== "local" && type !== "optionalSecret")
      .map((setting) => setting.name);
    expect(params.map((param) => param.name).sort()).toEqual([...declared].sort());
  });

  it("asks for an optional secret only where OPTIONAL_SECRETS says that it exists", async () => {
    const { endpoints, params } = await manifestOf(
      "ENABLED_PROVIDERS=runway\nOPTIONAL_SECRETS=WEBHOOK_SECRET, OTHER\n",
    );
    const secrets = params.filter((param) => param.type === "secret").map((param) => param.name);
    expect(secrets).toEqual(["RUNWAYML_API_SECRET", "WEBHOOK_SECRET"]);
    expect(endpoints.webhook?.secretEnvironmentVariables).toContainEqual({ key: "WEBHOOK_SECRET" });
  });

  it("asks for no secret of a provider that is switched off in .env", async () => {
    const { endpoints, params } = await manifestOf("ENABLED_PROVIDERS=runway\n");
    const secrets = params.filter((param) => param.type === "secret").map((param) => param.name);
    expect(secrets).toEqual(["RUNWAYML_API_SECRET"]);
    for (const endpoint of [endpoints.startJob, endpoints.userDeleted]) {
      expect(endpoint?.secretEnvironmentVariables).toEqual([{ key: "RUNWAYML_API_SECRET" }]);
    }
  });
});
