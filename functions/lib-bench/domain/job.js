export function isTerminal(job) {
    return job.status === "completed" || job.status === "failed" || job.status === "cancelled";
}
export function findAttempt(job, number) {
    return job.attempts[number - 1];
}
/** The attempt whose start is under way or unanswered, if any: there is never more than one. */
export function openStart(job) {
    return job.attempts.find((attempt) => attempt.state === "starting" || attempt.state === "ambiguous");
}
/** Attempts that the provider may still be working on, and whose result we want to see. */
export function watchedAttempts(job) {
    return job.attempts.filter((attempt) => attempt.operation !== null && (attempt.state === "running" || attempt.state === "abandoned"));
}
/** Attempts that a provider accepted, or may have: an unanswered start stays one when it is given up. */
export function paidAttempts(job) {
    return job.attempts.filter(({ acceptedAt, state }) => acceptedAt !== null || state === "ambiguous" || state === "abandoned").length;
}
/** Definite refusals with this code at the end of the list, for the same model. */
export function refusalsInRow(job, model, code) {
    let count = 0;
    for (const attempt of [...job.attempts].reverse()) {
        if (attempt.model !== model || attempt.acceptedAt !== null || attempt.failure?.code !== code)
            break;
        count += 1;
    }
    return count;
}
//# sourceMappingURL=job.js.map