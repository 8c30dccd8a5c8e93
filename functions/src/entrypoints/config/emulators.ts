import { readFileSync } from "node:fs";
import { type Environment, loopbackHostOf } from "./settings.js";

/** What a function would reach for real if nothing else were named: by one of these each. */
const substitutes: readonly { readonly what: string; readonly names: readonly string[] }[] = [
  { what: "documents of production", names: ["FIRESTORE_EMULATOR_HOST"] },
  { what: "a real bucket", names: ["STORAGE_EMULATOR_HOST", "FIREBASE_STORAGE_EMULATOR_HOST"] },
  { what: "real accounts", names: ["FIREBASE_AUTH_EMULATOR_HOST"] },
  // The tasks emulator of the official tools speaks to firebase-admin only, so its variable does not count.
  { what: "real queues", names: ["CLOUD_TASKS_ENDPOINT"] },
];

/**
 * Under the functions emulator nothing of production may be reached, neither by a slip nor because one of
 * the emulators was not started: a sentence for everything that would be.
 */
export function emulatorProblems(environment: Environment): string[] {
  if (environment.FUNCTIONS_EMULATOR !== "true") return [];
  const isSet = (name: string) => (environment[name] ?? "") !== "";
  const missing = substitutes
    .filter(({ names }) => !names.some(isSet))
    .map(
      ({ what, names }) => `${names.join(" or ")} must be set under the emulator, or ${what} would be used`,
    );
  const real = substitutes
    .flatMap(({ names }) => names)
    .filter((name) => isGoogles(environment[name] ?? ""))
    .map((name) => `${name} must not name Google's own servers under the emulator`);
  const transcoder = isSet("TRANSCODER_LOCATION")
    ? [
        "TRANSCODER_LOCATION must be empty under the emulator: there is no other Transcoder API than the real one",
      ]
    : [];
  const address = loopbackHostOf(environment.FUNCTIONS_BASE_URL ?? "");
  const functions =
    address === null
      ? [
          "FUNCTIONS_BASE_URL must be an http address of this machine under the emulator, or tasks would call the functions of production",
        ]
      : [];
  const signing = holdsKey(environment.GOOGLE_APPLICATION_CREDENTIALS ?? "")
    ? []
    : [
        "GOOGLE_APPLICATION_CREDENTIALS must name the key file of a service account under the emulator, and any will do, or Google would be asked to sign links",
      ];
  return [...missing, ...real, ...transcoder, ...functions, ...signing];
}

function isGoogles(address: string): boolean {
  return /(^|[./@])(googleapis\.com|google\.com|cloudfunctions\.net|run\.app)(?![\w.-])/i.test(address);
}

/** With a key of its own this machine signs by itself; the credentials of a login have Google sign. */
function holdsKey(path: string): boolean {
  try {
    const { type, private_key: key } = JSON.parse(readFileSync(path, "utf8"));
    return type === "service_account" && typeof key === "string";
  } catch {
    return false;
  }
}
