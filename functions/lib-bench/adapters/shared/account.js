import { applyEntry, emptyAccount } from "../../domain/credits.js";
import { RequestError } from "../../domain/errors.js";
const minuteMs = 60_000;
/** A new account, with what every newcomer is given. */
export function newAccount(uid, welcomeCredits, now) {
    const fresh = { account: { credits: emptyAccount, starts: { minute: 0, count: 0 } }, lines: [] };
    if (welcomeCredits <= 0)
        return fresh;
    const welcome = {
        id: "welcome",
        uid,
        type: "grant",
        credits: welcomeCredits,
        jobId: null,
        at: now,
        note: "welcome",
    };
    return book(fresh, [welcome]);
}
/** Adds ledger lines. Throws `RequestError` when the balance does not cover a hold. */
export function book(booking, lines) {
    let { credits } = booking.account;
    for (const line of lines) {
        const next = applyEntry(credits, line);
        if (next === null)
            throw insufficientCredits(line.credits, credits.balance);
        credits = next;
    }
    return { account: { ...booking.account, credits }, lines: [...booking.lines, ...lines] };
}
/** Counts one more start. Throws `RequestError` when the minute has had its share. */
export function countStart(booking, startsPerMinute, now) {
    const { account } = booking;
    // An instance whose clock is behind must not open a minute that is already over.
    const minute = Math.max(account.starts.minute, Math.floor(now / minuteMs));
    const count = minute === account.starts.minute ? account.starts.count : 0;
    if (count >= startsPerMinute) {
        const retryAt = (minute + 1) * minuteMs;
        throw new RequestError("rate_exceeded", `You can start ${startsPerMinute} videos a minute; try again at ${new Date(retryAt).toISOString()}.`, { retryAt });
    }
    return { ...booking, account: { ...account, starts: { minute, count: count + 1 } } };
}
/**
 * The job was deleted, its ledger lines stay: a second job under the same id would be settled by
 * the lines of the first, that is for nothing.
 */
export function jobIdUsedUp(jobId) {
    return new RequestError("already_exists", "requestId: it was used for a video that has been deleted; choose another", { jobId });
}
function insufficientCredits(needed, available) {
    return new RequestError("insufficient_credits", `The video needs ${needed} credits and ${available} are available.`, { needed, available });
}
//# sourceMappingURL=account.js.map