/** One guard of the protocol, taken out of the sources by replacing their text. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** Below `src/`. */
  readonly file: string;
  /** Occurs exactly once: where the code has changed, the mutant has to be looked at again. */
  readonly find: string;
  readonly replace: string;
}

const starts = "src/domain/job/starts.ts";
const ends = "src/domain/job/endings.ts";
const storing = "src/domain/job/storing.ts";
const startJob = "src/engine/start/start-job.ts";
const sendStart = "src/engine/start/send-start.ts";
const fetchOriginal = "src/engine/store/fetch-original.ts";
const timing = "src/domain/job/timing.ts";
const webhooks = "src/engine/poll/receive-webhook.ts";

function mutant(name: string, ...edits: readonly [file: string, find: string, replace: string][]): Mutant {
  return { name, edits: edits.map(([file, find, replace]) => ({ file, find, replace })) };
}

export const mutants: readonly Mutant[] = [
  // The end of a job.
  mutant("a job that has ended can be cancelled", [
    "src/domain/job/cancelling.ts",
    "if (isTerminal(job)) return null;",
    "",
  ]),
  mutant("a late result revives a job", [
    ends,
    'const needed = job.status === "queued" || job.status === "generating";',
    "const needed = true;",
  ]),
  mutant("a late file completes a job that stores nothing", [
    storing,
    'if (job.status !== "storing" || job.next?.step !== "store" || job.next.attempt !== attempt) return false;',
    "if (attempt === null) return false;",
  ]),
  mutant("an attempt ends more than once", [
    ends,
    'if (!isAwaited && attempt.state !== "given_up" && attempt.state !== "lost") return null;',
    "",
  ]),
  mutant("no deadline", [
    "src/domain/job/transition.ts",
    'if (isTerminal(job) || job.status === "storing" || now < job.deadlineAt) return null;',
    "return null;",
  ]),
  mutant("the deadline ends what has ended", [
    "src/domain/job/transition.ts",
    'if (isTerminal(job) || job.status === "storing" || now < job.deadlineAt) return null;',
    "if (now < job.deadlineAt) return null;",
  ]),

  // Starts and their payment.
  mutant(
    "a start is taken over before its lease has ended",
    [starts, "|| !awaitsStart(job, attempt) || now < attempt.leaseUntil)", "|| !awaitsStart(job, attempt))"],
    [startJob, "if (now < attempt.leaseUntil) return;", ""],
    [startJob, "if (deps.now() < leaseUntil) return;", ""],
  ),
  mutant(
    "an unanswered start is given up at once",
    [
      starts,
      'attempt?.state !== "ambiguous" || now < attempt.leaseUntil)',
      'attempt?.state !== "ambiguous")',
    ],
    [
      startJob,
      "if (now < attempt.leaseUntil) return;",
      'if (attempt.state === "starting" && now < attempt.leaseUntil) return;',
    ],
  ),
  mutant("a start is paid before it is on record", [
    startJob,
    "  const claimed = await reserve(",
    `  const { id } = job;
  const key = { idempotencyKey: id + ":a" + number };
  await deps.providers.get(winner.model.provider)?.start(winner.plan, key).catch(() => null);
  const claimed = await reserve(`,
  ]),
  mutant("every copy of a start has a key of its own", [
    sendStart,
    "      idempotencyKey,\n      ...(callbackUrl",
    '      idempotencyKey: idempotencyKey + ":v" + job.version,\n      ...(callbackUrl',
  ]),
  mutant(
    "a start without a key is repeated",
    [startJob, '?.startGuard !== "idempotent" ||', "?.startGuard === undefined ||"],
    [sendStart, 'provider.startGuard === "idempotent"', "true"],
  ),
  mutant("a refusal of a copy settles the start", [
    starts,
    "if (attempt.sends > 1 &&",
    "if (attempt.sends > 99 &&",
  ]),
  mutant("a gateway's refusal of a copy settles the start", [
    starts,
    "return providerCode !== undefined && errorPolicy",
    "return errorPolicy",
  ]),
  mutant("an unanswered start counts as not sent", [
    sendStart,
    'error instanceof UnreachableError && error.sent === "no"',
    "error instanceof UnreachableError",
  ]),
  mutant("a gateway that gave up counts as an answer", [
    "src/providers/shared/http.ts",
    "if (response.status === 504) {",
    "if (response.status === 0) {",
  ]),
  mutant("an earlier copy is forgotten", [
    "src/providers/shared/answer.ts",
    "if (response.unansweredBefore) return false;",
    "",
  ]),
  mutant("every server error is a refusal", [
    "src/providers/shared/answer.ts",
    "status === 502 || status === 503",
    "status >= 500",
  ]),
  mutant(
    "two starts at once",
    [starts, "if (fresh.number !== job.attempts.length + 1) return null;", ""],
    [starts, 'job.status !== "queued" || openStart(job) !== undefined)', 'job.status !== "queued")'],
  ),
  mutant("more attempts than the policy allows", [
    "src/domain/job/outcome.ts",
    "const outOfAttempts = paidAttempts(job) >= policy.limits.maxAttempts;",
    "const outOfAttempts = false;",
  ]),
  mutant("who was held up pays all the same", [
    sendStart,
    "return awaitsStart(job, attempt) && deps.now() < attempt.leaseUntil;",
    "return true;",
  ]),
  mutant("the sender of an old copy speaks for the newest", [
    starts,
    "if (event.send !== undefined && event.send < attempt.sends) return null;",
    "",
  ]),
  mutant("unanswered starts do not count as paid", [
    "src/domain/job/job.ts",
    'acceptedAt !== null || isUnresolved(attempt) || attempt.state === "written_off",',
    "acceptedAt !== null,",
  ]),
  mutant("a second hedge", [timing, "!job.attempts.some((attempt) => attempt.hedge) &&", ""]),
  // An unanswered start beside a running one can only be a hedge, so that both guards stand before it.
  mutant(
    "a hedge beside an unanswered start",
    [timing, "openStart(job) === undefined &&", ""],
    [timing, "!job.attempts.some((attempt) => attempt.hedge) &&", ""],
  ),
  mutant("a start that is accepted too late runs on", [
    starts,
    "return jobOnly(needed ? late :",
    'return jobOnly(needed || late.id !== "" ? late :',
  ]),
  mutant("what was refused for its content wanders on", [
    "src/domain/errors.ts",
    '"The content was refused by moderation.", {',
    '"The content was refused by moderation.", { tryNext: true,',
  ]),
  mutant("what was refused for its input wanders on", [
    "src/domain/errors.ts",
    '"The provider does not accept this request.", {',
    '"The provider does not accept this request.", { tryNext: true,',
  ]),
  mutant("a budget has no limit", [
    "src/domain/accounting/budget-shards.ts",
    "const limit = line.limit?.[unit] ?? null;",
    "const limit = null;",
  ]),

  // What is put together of others.
  mutant("a part whose whole has ended is made all the same", [
    startJob,
    'if (partOf === undefined || status !== "queued") return false;',
    "if (partOf === undefined || status !== undefined) return false;",
  ]),
  mutant("a part has credits of its own", ["src/domain/job/new-job.ts", "heldCredits: 0,", ""]),
  mutant("a part is charged as often as it is told", [
    "src/domain/job/composition.ts",
    "if (storedPart(next.composition, part.name) !== undefined) continue;",
    "",
  ]),
  mutant("a batch is not told", [
    "src/engine/outbox.ts",
    "itemChanged(current, job, deps.now())",
    "itemChanged(current, { ...job, batch: undefined }, deps.now())",
  ]),

  // Webhooks.
  mutant("whoever calls is believed", [webhooks, "if (own === null && !isSigned)", "if (own === undefined)"]),
  mutant("any token will do", [
    webhooks,
    "deps.webhooks.vouches(token, subject) ? subject : null",
    "token === undefined ? null : subject",
  ]),
  mutant("a signature is good for ever", [
    "src/providers/heygen/webhook.ts",
    "<= maxAgeMs;",
    "< Number.POSITIVE_INFINITY;",
  ]),

  // What providers say.
  mutant("a poll that found nothing out fails the job", [
    "src/engine/poll/poll-job.ts",
    'return { status: "unanswered", retryAfterMs };',
    'return { status: "failed", failure: { code: "network" } };',
  ]),
  mutant("any page that says 404 is believed", [
    "src/providers/runway/index.ts",
    "return saysNoSuchTask(answer) && !taskAnswer.safeParse(answer).success;",
    'return response.status === 404 || response.text === "";',
  ]),
  mutant("one answer out of line ends what is paid for", [
    "src/domain/job/poll.ts",
    "if (missingSince === null || now < timing.acceptedAt + graceMs) return false;",
    "if (now < timing.acceptedAt + graceMs) return false; if (missingSince === null) return true;",
  ]),

  // Files.
  mutant("a file is stored and not compared with what was asked", [
    fetchOriginal,
    "if (inspection.ok && problem === null)",
    "if (inspection.ok)",
  ]),
  mutant(
    "a writer that was held up replaces a later file",
    [
      fetchOriginal,
      "if (!(await isAwaited(deps, current)))",
      "if (await isAwaited(deps, current).then(() => false))",
    ],
    [fetchOriginal, "    replaces,\n  });", "  });"],
  ),

  // Credits.
  mutant(
    "more is captured than was held",
    [storing, "Math.min(event.credits, job.heldCredits)", "event.credits"],
    [
      "src/domain/accounting/price.ts",
      "return Math.min(held, Math.ceil(roundOff(videoCredits * shareOf(price, deliveredSeconds))));",
      "return Math.ceil(roundOff(videoCredits * (deliveredSeconds / price.seconds)));",
    ],
  ),
  mutant("what is stored is given away", [storing, "Math.min(event.credits, job.heldCredits)", "0"]),
  mutant("what was not used is kept", [
    "src/domain/job/outcome.ts",
    '...(rest > 0 ? [entry("release", rest)] : [])',
    "",
  ]),
  mutant("a hold that the balance does not cover", [
    "src/domain/accounting/credits.ts",
    "if (account.balance < credits) return null;",
    "",
  ]),
  mutant(
    "a ledger line counts as often as it comes",
    [
      "simulation/memory/memory-database.ts",
      "if (hasLine(database, entry.uid, entry.id)) return",
      'if (entry.id === "") return',
    ],
    [
      "simulation/memory/memory-database.ts",
      "entries.filter((entry) => !hasLine(database, uid, entry.id))",
      "[...entries]",
    ],
  ),
  mutant("the same request is a new job every time", [
    "src/engine/job/submit.ts",
    "request.requestId ?? deps.newId()",
    "deps.newId()",
  ]),
  mutant("as many starts a minute as anybody likes", [
    "src/adapters/shared/account.ts",
    "if (count + starts > startsPerMinute) {",
    "if (count + starts < 0) {",
  ]),

  // What nobody may be left waiting for.
  mutant("no sweeper", [
    "src/engine/upkeep/sweep.ts",
    "await deps.jobs.listDue(now, pageSize, after);",
    "[];",
  ]),
  mutant("nobody asks about what no task asks about", [
    "src/engine/upkeep/sweep.ts",
    "if (await areLostPollsMade(deps, watch, job, now)) return;",
    "",
  ]),
  mutant("nobody stores what no task stores", [
    "src/engine/upkeep/store-overdue.ts",
    "if (isRunning(latest, begun)) return 0;",
    "if (begun > 0) return 0;",
  ]),
  mutant("the owner is not told", [
    "src/domain/job/outcome.ts",
    "outbox: [...job.outbox, ...cancels, ...partsToStop(job, status), ...endEffects(job)],",
    "outbox: [...job.outbox, ...cancels, ...partsToStop(job, status)],",
  ]),
  mutant("what is owed is ticked off before it is done", [
    "src/engine/outbox.ts",
    "await tellOne(deps, job, type);\n        told.push(effect.id);",
    "told.push(effect.id);\n        await tellOne(deps, job, type);",
  ]),
  mutant("nobody looks after what is owed", [
    timing,
    "if (job.outbox.length > 0) times.push(now + graceMs);",
    "",
  ]),
];
