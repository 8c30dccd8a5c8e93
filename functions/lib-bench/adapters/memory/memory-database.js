import { book, newAccount } from "../shared/account.js";
export function memoryDatabase(options = {}) {
    return {
        welcomeCredits: options.welcomeCredits ?? 0,
        jobs: new Map(),
        accounts: new Map(),
        ledgers: new Map(),
        watchers: new Set(),
    };
}
/** A copy that nobody can change, not even the caller who holds it. */
export function frozenCopy(value) {
    return deepFreeze(structuredClone(value));
}
export function hasLine(database, uid, entryId) {
    return database.ledgers.get(uid)?.has(entryId) ?? false;
}
/**
 * Adds the lines that are not there yet, and changes the account by them. `prepare` may refuse by
 * throwing: then nothing has happened.
 */
export function bookLines(database, uid, entries, at, prepare = (booking) => booking) {
    const known = database.accounts.get(uid);
    const opened = known === undefined ? newAccount(uid, database.welcomeCredits, at) : { account: known, lines: [] };
    const fresh = entries.filter((entry) => !hasLine(database, uid, entry.id));
    const { account, lines } = book(prepare(opened), fresh);
    const ledger = database.ledgers.get(uid) ?? new Map();
    for (const line of lines)
        ledger.set(line.id, frozenCopy(line));
    database.ledgers.set(uid, ledger);
    database.accounts.set(uid, frozenCopy(account));
    return account;
}
function deepFreeze(value) {
    if (typeof value !== "object" || value === null || Object.isFrozen(value))
        return value;
    for (const member of Object.values(value))
        deepFreeze(member);
    return Object.freeze(value);
}
//# sourceMappingURL=memory-database.js.map