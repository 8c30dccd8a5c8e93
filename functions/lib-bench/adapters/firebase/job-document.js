import { toView } from "../../domain/view.js";
export function toJobDocument(job, commitId) {
    const { attempts, ...rest } = job;
    const { provider, model, attempts: attemptViews } = toView(job, job.updatedAt);
    return { ...rest, attemptViews, attemptCount: attempts.length, provider, model, commitId };
}
export function fromDocuments(document, attempts) {
    const { attemptViews, attemptCount, provider, model, commitId, ...rest } = document;
    return { ...rest, attempts: attempts.map(fromAttemptDocument) };
}
export function toAttemptDocument(attempt, jobVersion) {
    return { ...attempt, jobVersion };
}
/**
 * Attempts are read after their job. One that is newer than the job, or gone, means that a commit
 * came in between: together they are a state that never was.
 */
export function isTorn(document, attempts) {
    return attempts.some((attempt) => attempt === undefined || attempt.jobVersion > document.version);
}
function fromAttemptDocument({ jobVersion, ...attempt }) {
    return attempt;
}
//# sourceMappingURL=job-document.js.map