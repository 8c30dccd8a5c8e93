import { newAccount } from "../../src/adapters/shared/account.js";
import { scopeName } from "../../src/domain/accounting/budget.js";
import type { LedgerEntry } from "../../src/domain/accounting/credits.js";
import type { Job } from "../../src/domain/job/job.js";
import { anonymousAct, anonymousLine } from "../../src/domain/person/anonymous.js";
import type { Deletion } from "../../src/domain/person/deletion.js";
import type { PublishedPolicy } from "../../src/domain/policy/publication.js";
import { uidOfDocument } from "../../src/domain/uid.js";
import type { AuditLine } from "../../src/engine/ports/audit-log.js";
import type { WebhookDeliveryRecord } from "../../src/engine/ports/delivery-store.js";
import type { PersonStore } from "../../src/engine/ports/person-store.js";
import { frozenCopy, type MemoryDatabase } from "./memory-database.js";

/** What other stores of the same installation keep. */
interface OtherRecords {
  readonly lines: AuditLine[];
  readonly records: Map<string, WebhookDeliveryRecord>;
  readonly ended: Job[];
  readonly published: Map<number, PublishedPolicy>;
}

const nothing: OtherRecords = { lines: [], records: new Map(), ended: [], published: new Map() };

/** Everything of a person in this process. */
export function memoryPersonStore(
  database: MemoryDatabase,
  { lines, records, ended, published }: OtherRecords = nothing,
): PersonStore {
  const { jobs, batches, accounts, ledgers, budgets, announcements } = database;

  const isAboutJob = ({ target, details }: AuditLine, jobId: string) =>
    target === jobId || target.startsWith(`${jobId}/`) || details.jobId === jobId;

  function anonymise(matches: (line: AuditLine) => boolean, change: (line: AuditLine) => AuditLine): number {
    let changed = 0;
    for (const [index, line] of lines.entries()) {
      if (!matches(line)) continue;
      lines[index] = frozenCopy(change(line));
      changed += 1;
    }
    return changed;
  }

  function removeWhere<Value>(
    table: Map<string, Value>,
    matches: (value: Value, id: string) => boolean,
  ): number {
    const found = [...table].filter(([id, value]) => matches(value, id));
    for (const [id] of found) table.delete(id);
    return found.length;
  }

  function removeTraces(deletion: Deletion, jobId: string): void {
    ended.splice(0, ended.length, ...ended.filter(({ id }) => id !== jobId));
    removeWhere(records, (record) => record.jobId === jobId);
    anonymise(
      (line) => isAboutJob(line, jobId),
      (line) => anonymousAct(line, deletion, true),
    );
  }

  /** `{day}:user:{uid}:{part}`, encoded where that is no document id. */
  function isBudgetOf(uid: string, id: string): boolean {
    const plain = uidOfDocument(id);
    const scope = scopeName({ type: "user", id: uid });
    return ["0", "near"].some((part) => plain.slice("2026-11-30:".length) === `${scope}:${part}`);
  }

  return {
    deletion: async (uid) => accounts.get(uid)?.deletion ?? null,

    async begin(deletion) {
      const known = accounts.get(deletion.uid);
      if (known?.deletion !== undefined) return known.deletion;
      const { account } = known === undefined ? newAccount(deletion.uid, 0, 0) : { account: known };
      accounts.set(deletion.uid, frozenCopy({ ...account, deletion }));
      return frozenCopy(deletion);
    },

    async step(current, next) {
      const account = accounts.get(current.uid);
      if (account?.deletion?.version !== current.version) return null;
      accounts.set(current.uid, frozenCopy({ ...account, deletion: next }));
      return frozenCopy(next);
    },

    async listDue(before, limit) {
      return [...accounts.values()]
        .flatMap(({ deletion }) => deletion ?? [])
        .filter(({ dueAt }) => dueAt < before)
        .sort((one, other) => one.dueAt - other.dueAt)
        .slice(0, limit);
    },

    async removeTraces(deletion, jobId) {
      removeTraces(deletion, jobId);
    },

    async removeRecords(deletion) {
      const { uid, pseudonym } = deletion;
      const own = ended.filter((job) => job.uid === uid);
      ended.splice(0, ended.length, ...ended.filter((job) => job.uid !== uid));
      let count = own.length;
      count += removeWhere(jobs, (job) => job.uid === uid);
      count += removeWhere(batches, (batch) => batch.uid === uid);
      count += removeWhere(budgets, (_, id) => isBudgetOf(uid, id));
      for (const id of [...announcements].filter((one) => isBudgetOf(uid, one))) announcements.delete(id);
      count += anonymise(
        ({ actor, target }) => actor === uid || target === uid,
        (line) => anonymousAct(line, deletion, false),
      );
      for (const [version, policy] of published) {
        if (policy.author === uid) published.set(version, frozenCopy({ ...policy, author: pseudonym }));
      }
      return count;
    },

    async copyLedger(deletion, limit) {
      const { uid, pseudonym, after } = deletion;
      const rest = [...(ledgers.get(uid)?.values() ?? [])]
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .filter(({ id }) => after === null || id > after)
        .slice(0, limit);
      const copies = ledgers.get(pseudonym) ?? new Map<string, LedgerEntry>();
      for (const line of rest) {
        const anonymous = anonymousLine(line, deletion);
        copies.set(anonymous.id, frozenCopy(anonymous));
      }
      if (copies.size > 0) ledgers.set(pseudonym, copies);
      for (const { jobId } of rest) if (jobId !== null) removeTraces(deletion, jobId);
      return rest.at(-1)?.id ?? null;
    },

    async closeAccount({ uid, pseudonym }) {
      const account = accounts.get(uid);
      if (account !== undefined && account.credits.granted !== 0) {
        accounts.set(pseudonym, frozenCopy({ credits: account.credits, starts: { minute: 0, count: 0 } }));
      }
      ledgers.delete(uid);
      accounts.delete(uid);
    },

    async count(uid) {
      const own = [...jobs.values()].filter((job) => job.uid === uid);
      return {
        jobs: own.length,
        attempts: own.reduce((sum, { attempts }) => sum + attempts.length, 0),
        batches: [...batches.values()].filter((batch) => batch.uid === uid).length,
        ledgerLines: ledgers.get(uid)?.size ?? 0,
        inboxMessages: new Set(ended.filter((job) => job.uid === uid).map(({ id }) => id)).size,
        webhookDeliveries: [...records.values()].filter(({ jobId }) => own.some(({ id }) => id === jobId))
          .length,
        budgets: [...budgets.keys(), ...announcements].filter((id) => isBudgetOf(uid, id)).length,
        auditLines: lines.filter(
          (line) => line.actor === uid || line.target === uid || own.some(({ id }) => isAboutJob(line, id)),
        ).length,
        policies: [...published.values()].filter(({ author }) => author === uid).length,
      };
    },
  };
}
