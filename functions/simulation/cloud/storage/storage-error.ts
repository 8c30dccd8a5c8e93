import type { StoredObject } from "./stored-object.js";

/** What Cloud Storage says when it says no; both of its dialects are rendered from this. */
export class StorageError extends Error {
  readonly status: number;
  /** Reason of the JSON API, for example `conditionNotMet`. */
  readonly reason: string;
  /** Code of the XML API, for example `PreconditionFailed`. */
  readonly code: string;

  constructor(kind: keyof typeof kinds, message: string) {
    super(message);
    this.name = "StorageError";
    this.status = kinds[kind].status;
    this.reason = kind;
    this.code = kinds[kind].code;
  }
}

const kinds = {
  invalid: { status: 400, code: "InvalidArgument" },
  entityTooLarge: { status: 400, code: "EntityTooLarge" },
  entityTooSmall: { status: 400, code: "EntityTooSmall" },
  badDigest: { status: 400, code: "BadDigest" },
  expired: { status: 400, code: "ExpiredToken" },
  forbidden: { status: 403, code: "AccessDenied" },
  signature: { status: 403, code: "SignatureDoesNotMatch" },
  notFound: { status: 404, code: "NoSuchKey" },
  conditionNotMet: { status: 412, code: "PreconditionFailed" },
  requestedRangeNotSatisfiable: { status: 416, code: "InvalidRange" },
  notImplemented: { status: 501, code: "NotImplemented" },
  backendError: { status: 500, code: "InternalError" },
} as const;

function known(error: unknown): StorageError {
  return error instanceof StorageError ? error : new StorageError("backendError", String(error));
}

export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export function toJsonError(error: unknown): ErrorAnswer {
  const { status, message, reason } = known(error);
  const body = { error: { code: status, message, errors: [{ message, domain: "global", reason }] } };
  return { status, contentType: "application/json; charset=UTF-8", body: JSON.stringify(body) };
}

export function toXmlError(error: unknown): ErrorAnswer {
  const { status, message, code } = known(error);
  const body =
    "<?xml version='1.0' encoding='UTF-8'?>" +
    `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return { status, contentType: "application/xml; charset=UTF-8", body };
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

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
