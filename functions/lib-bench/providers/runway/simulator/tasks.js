/** A task with a slot is PENDING for a moment before it runs; the length is ours. */
export const pendingMs = 1_500;
/** Brings a lane up to the given time: who got a slot since, and at which moment. */
export function settleLane(lane, slots, now) {
    for (let next = lane.waiting[0]; next !== undefined; next = lane.waiting[0]) {
        const slotAt = Math.max(next.createdAt, slotFreeAt(lane.active, slots));
        if (slotAt > now)
            break;
        next.slotAt = slotAt;
        next.endsAt = slotAt + pendingMs + next.generationMs;
        lane.active.push(next);
        lane.waiting.shift();
    }
    lane.active = lane.active.filter((task) => endOf(task) > now);
}
/** Takes a task out; its slot is free from now on. */
export function removeFromLane(lane, task, now) {
    lane.waiting = lane.waiting.filter((other) => other !== task);
    if (lane.active.includes(task))
        task.endsAt = now;
}
function slotFreeAt(active, slots) {
    if (active.length < slots)
        return Number.NEGATIVE_INFINITY;
    const ends = active.map(endOf).sort((a, b) => a - b);
    return ends[active.length - slots] ?? Number.POSITIVE_INFINITY;
}
function endOf(task) {
    return task.endsAt ?? Number.POSITIVE_INFINITY;
}
/** A task as `GET /v1/tasks/{id}` shows it. */
export function describeTask(task, now) {
    const head = { id: task.id, createdAt: new Date(task.createdAt).toISOString() };
    const estimatedCost = { credits: task.product.credits };
    if (task.slotAt === undefined)
        return { ...head, status: "THROTTLED", estimatedCost };
    if (now < task.slotAt + pendingMs)
        return { ...head, status: "PENDING", estimatedCost };
    if (now < endOf(task)) {
        return {
            ...head,
            status: "RUNNING",
            progress: progressOf(task, task.slotAt + pendingMs, now),
            estimatedCost,
        };
    }
    if (task.outcome.type === "succeeded") {
        return { ...head, status: "SUCCEEDED", output: [task.outcome.output], cost: estimatedCost };
    }
    const { failure, failureCode, charged } = task.outcome;
    return { ...head, status: "FAILED", failure, failureCode, cost: charged ? estimatedCost : { credits: 0 } };
}
/** A task that never ends still shows movement, as real ones do. */
function progressOf(task, runningSince, now) {
    const lengthMs = Number.isFinite(task.generationMs) ? task.generationMs : 120_000;
    return Math.min(0.99, Math.round(((now - runningSince) / lengthMs) * 100) / 100);
}
//# sourceMappingURL=tasks.js.map