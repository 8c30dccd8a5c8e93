type Environment = Readonly<Record<string, string | undefined>>;

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
    .filter((name) => /(^|[./@])googleapis\.com(?![\w.-])/i.test(environment[name] ?? ""))
    .map((name) => `${name} must not name Google's own servers under the emulator`);
  const transcoder = isSet("TRANSCODER_LOCATION")
    ? [
        "TRANSCODER_LOCATION must be empty under the emulator: there is no other Transcoder API than the real one",
      ]
    : [];
  return [...missing, ...real, ...transcoder];
}
