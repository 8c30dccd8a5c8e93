import { StorageError } from "./storage-error.js";
import type { StoredObject } from "./stored-object.js";

/** Conditions of a request on the object that is there now; a generation of 0 means "none". */
export interface Preconditions {
  readonly generation?: number;
  readonly notGeneration?: number;
  readonly metageneration?: number;
  readonly notMetageneration?: number;
}

export function readPreconditions(query: URLSearchParams): Preconditions {
  return {
    ...number("generation", query.get("ifGenerationMatch")),
    ...number("notGeneration", query.get("ifGenerationNotMatch")),
    ...number("metageneration", query.get("ifMetagenerationMatch")),
    ...number("notMetageneration", query.get("ifMetagenerationNotMatch")),
  };
}

/** The XML API has its conditions in headers. */
export function readHeaderPreconditions(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Preconditions {
  return {
    ...number("generation", headers["x-goog-if-generation-match"]),
    ...number("metageneration", headers["x-goog-if-metageneration-match"]),
  };
}

function number(name: keyof Preconditions, value: string | string[] | null | undefined): Preconditions {
  if (value === null || value === undefined) return {};
  const parsed = Number(value);
  if (!Number.isSafeInteger(parsed) || value === "") {
    throw new StorageError("invalid", `not a ${name}: ${String(value)}`);
  }
  return { [name]: parsed };
}

/** Throws 412 unless everything holds. */
export function checkPreconditions(object: StoredObject | undefined, conditions: Preconditions): void {
  const generation = object?.generation ?? 0;
  const metageneration = object?.metageneration ?? 0;
  const met =
    (conditions.generation ?? generation) === generation &&
    conditions.notGeneration !== generation &&
    (conditions.metageneration ?? metageneration) === metageneration &&
    conditions.notMetageneration !== metageneration;
  if (!met) {
    throw new StorageError(
      "conditionNotMet",
      "At least one of the pre-conditions you specified did not hold.",
    );
  }
}
