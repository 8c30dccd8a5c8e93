import { frozenCopy } from "./memory-database.js";
/** Remembers every name for ever, where Cloud Tasks forgets it about an hour after the task is done. */
export function memoryTaskQueue() {
    const seenNames = new Set();
    /** Earliest first. */
    const waiting = [];
    return {
        async enqueue(name, task, dueAt) {
            if (seenNames.has(name))
                return;
            seenNames.add(name);
            waiting.splice(firstAfter(waiting, dueAt), 0, { task: frozenCopy(task), dueAt });
        },
        takeDue: (now) => waiting.splice(0, firstAfter(waiting, now)).map(({ task }) => task),
        nextDueAt: () => waiting[0]?.dueAt ?? null,
        size: () => waiting.length,
    };
}
/** Index of the first task that is due after a time; found by halving, since simulations queue thousands. */
function firstAfter(waiting, time) {
    let low = 0;
    let high = waiting.length;
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((waiting[middle]?.dueAt ?? 0) <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
//# sourceMappingURL=memory-task-queue.js.map