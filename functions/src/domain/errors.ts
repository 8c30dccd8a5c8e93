/**
 * Every way a job or a call can go wrong, and what follows from it. The table is the only place
 * that knows: engine, circuits, credits and clients all read it.
 */
export const faults = ["user", "moderation", "provider", "budget", "system"] as const;
export type Fault = (typeof faults)[number];

interface ErrorPolicy {
  readonly fault: Fault;
  /** May the same request succeed when it is sent again later? */
  readonly retryable: boolean;
  /** Starts of the same model that a definite refusal with this code may use up in a row. */
  readonly startTries: 1 | 2;
  /** May another model take over? */
  readonly tryNext: boolean;
  readonly circuit: "ignore" | "count" | "open";
  /** Does it say something about the whole provider, not only about one of its models? */
  readonly providerWide: boolean;
  /**
   * Would every copy of the same start be refused with it? Where it would not, a refusal of a later
   * copy says nothing about an earlier one that was never answered.
   */
  readonly refusesEveryCopy: boolean;
  /** Safe for a client: no vendor text, id, key or URL. */
  readonly message: string;
}

function policy(
  fault: Fault,
  message: string,
  rest: Partial<Omit<ErrorPolicy, "fault" | "message">> = {},
): ErrorPolicy {
  return {
    fault,
    message,
    retryable: false,
    startTries: 1,
    tryNext: false,
    circuit: "ignore",
    providerWide: false,
    refusesEveryCopy: false,
    ...rest,
  };
}

export const errorPolicies = {
  rate_limited: policy("provider", "The provider is at its limit.", { retryable: true, tryNext: true }),
  timeout: policy("provider", "The provider did not finish in time.", {
    retryable: true,
    tryNext: true,
    circuit: "count",
  }),
  network: policy("provider", "The provider could not be reached.", {
    retryable: true,
    startTries: 2,
    tryNext: true,
    circuit: "count",
    providerWide: true,
  }),
  server_error: policy("provider", "The provider is having trouble.", {
    retryable: true,
    startTries: 2,
    tryNext: true,
    circuit: "count",
    providerWide: true,
  }),
  /** We kept the start back, or somebody found out that it never arrived. Says nothing about the provider. */
  not_started: policy("system", "The start was not sent to the provider.", {
    retryable: true,
    startTries: 2,
    tryNext: true,
  }),
  authentication: policy("system", "The video service is not set up correctly.", {
    tryNext: true,
    circuit: "open",
    providerWide: true,
  }),
  vendor_quota: policy("system", "The video service has used up its provider balance.", {
    retryable: true,
    tryNext: true,
    circuit: "open",
    providerWide: true,
  }),
  invalid_request: policy("user", "The provider does not accept this request.", { refusesEveryCopy: true }),
  content_blocked: policy("moderation", "The content was refused by moderation.", {
    refusesEveryCopy: true,
  }),
  // The vendor refused what we chose: a model, a size, a length, a voice. Nobody can correct it but us.
  catalogue_outdated: policy("system", "The video service's list of models is out of date.", {
    tryNext: true,
    circuit: "open",
  }),
  processing_failed: policy("provider", "The provider could not make the video.", {
    retryable: true,
    tryNext: true,
    circuit: "count",
  }),
  expired: policy("provider", "The provider no longer has the result.", { retryable: true, tryNext: true }),
  download_failed: policy("provider", "The finished file could not be fetched.", {
    retryable: true,
    tryNext: true,
    circuit: "count",
  }),
  bad_output: policy("provider", "The finished file is not what was asked for.", {
    retryable: true,
    tryNext: true,
    circuit: "count",
  }),
  upload_failed: policy("system", "The finished file could not be stored.", { retryable: true }),
  conversion_failed: policy("system", "The finished video could not be converted as asked.", {
    retryable: true,
  }),
  ambiguous_start: policy("provider", "The provider did not confirm the start.", {
    tryNext: true,
    circuit: "count",
  }),
  unknown: policy("provider", "The provider answered in a way that is not understood.", {
    retryable: true,
    tryNext: true,
    circuit: "count",
  }),
  deadline_exceeded: policy("provider", "The video was not finished before its deadline.", {
    retryable: true,
  }),
  no_candidate: policy("provider", "No provider can take this request now.", { retryable: true }),
  invalid_argument: policy("user", "The request is not valid."),
  not_found: policy("user", "There is no such video."),
  already_exists: policy("user", "This requestId was used for a different request."),
  insufficient_credits: policy("budget", "There are not enough credits."),
  budget_exceeded: policy("budget", "A budget is used up.", { retryable: true }),
  rate_exceeded: policy("user", "Too many videos were started in a short time.", { retryable: true }),
  being_deleted: policy("user", "Everything of this user is being deleted.", { retryable: true }),
  cancelled: policy("user", "The video was cancelled."),
  internal: policy("system", "Something went wrong on our side.", { retryable: true }),
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorCode = keyof typeof errorPolicies;

export function errorPolicy(code: ErrorCode): ErrorPolicy {
  return errorPolicies[code];
}

/** What is said of the request itself holds for every provider; the rest for one of them, or for us. */
const aboutRequest: Readonly<Record<Fault, boolean>> = {
  user: true,
  moderation: true,
  provider: false,
  budget: false,
  system: false,
};

export function isAboutRequest(code: ErrorCode): boolean {
  return aboutRequest[errorPolicies[code].fault];
}

/** What a vendor said when it said no. Kept with the attempt, never shown to a client. */
export interface Failure {
  readonly code: ErrorCode;
  /** The vendor's own word, for the log and the administrator. */
  readonly providerCode?: string;
  readonly statusCode?: number;
  readonly retryAfterMs?: number;
  /** The vendor's text, shortened. Private. */
  readonly detail?: string;
}

/** What a client may know about a failure. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly retryable: boolean;
  readonly message: string;
  /** For programs: which budget was used up, and until when. */
  readonly details?: Readonly<Record<string, string | number>>;
}

export function toPublicError(code: ErrorCode, message?: string): PublicError {
  const row = errorPolicies[code];
  return { code, fault: row.fault, retryable: row.retryable, message: message ?? row.message };
}

/**
 * The caller asked for something that cannot be done. Thrown before anything is written, sent or
 * charged; `message` names the field and the remedy and is safe to show.
 */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** May the same request succeed when it is sent again later? Of the code, unless somebody knows better. */
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    retryable: boolean = errorPolicy(code).retryable,
  ) {
    super(message);
    this.name = "RequestError";
    this.code = code;
    this.details = details;
    this.retryable = retryable;
  }
}

/**
 * We could not find out: no answer, or one that cannot be read. Not a verdict about the job.
 * `sent` says whether the vendor may have received the request.
 */
export class UnreachableError extends Error {
  readonly sent: "no" | "maybe";
  readonly code: "network" | "timeout" | "server_error" | "unknown";
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      sent: "no" | "maybe";
      code: UnreachableError["code"];
      retryAfterMs?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.name = "UnreachableError";
    this.sent = options.sent;
    this.code = options.code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an error of any kind says, for the log. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
}
