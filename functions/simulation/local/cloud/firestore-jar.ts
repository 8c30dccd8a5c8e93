import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where package managers and the installer put the Google Cloud SDK. */
const sdkRoots = [
  "/usr/lib/google-cloud-sdk",
  "/opt/google-cloud-sdk",
  "/usr/share/google-cloud-sdk",
  "/snap/google-cloud-cli/current",
  "/opt/homebrew/share/google-cloud-sdk",
];

/**
 * Firestore emulator JARs on this machine, best first. A path that was named explicitly is the only
 * one; otherwise what firebase-tools downloaded, newest first, then what the Cloud SDK holds.
 */
export function findFirestoreJars(environment: Environment): string[] {
  const named = environment.FIRESTORE_EMULATOR_JAR;
  if (named) return [named];
  const home = environment.HOME ?? environment.USERPROFILE ?? "";
  const cacheDirectory = environment.FIREBASE_EMULATORS_PATH || join(home, ".cache/firebase/emulators");
  const roots = [...sdkRoots, join(home, "google-cloud-sdk"), ...sdkRootsOnPath(environment.PATH ?? "")];
  const sdkJars = roots
    .map((root) => join(root, "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"))
    .filter((path) => existsSync(path));
  return [...new Set([...jarsIn(cacheDirectory), ...sdkJars])];
}

/** `bin/gcloud` lies in the root of its SDK, often behind a symbolic link. */
function sdkRootsOnPath(path: string): string[] {
  return path
    .split(delimiter)
    .map((directory) => join(directory, "gcloud"))
    .filter((command) => existsSync(command))
    .map((command) => dirname(dirname(realpathSync(command))));
}

function jarsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^cloud-firestore-emulator-v[\d.]+\.jar$/.test(name))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(directory, name));
}
