import { defaultQueueSettings, maxBurstSize } from "./queue-settings.js";
/** task.proto v2: a name cannot be used again for about an hour after the task is gone. */
const nameReuseMs = 3_600_000;
export function createQueue(name, settings, now) {
    const complete = { ...defaultQueueSettings, ...settings };
    return {
        name,
        settings: complete,
        state: "RUNNING",
        purgedAt: undefined,
        tasks: new Map(),
        ready: new Set(),
        usedNames: new Map(),
        running: 0,
        tokens: { count: maxBurstSize(complete), at: now },
        stopWaiting: undefined,
    };
}
export function isNameTaken(queue, taskName, now) {
    return queue.tasks.has(taskName) || (queue.usedNames.get(taskName) ?? 0) > now;
}
/** Takes a task out of its queue for good. An attempt on the way runs to its end unnoticed. */
export function removeTask(queue, task, now) {
    task.stopWaiting?.();
    queue.ready.delete(task);
    queue.tasks.delete(task.name);
    for (const [name, until] of queue.usedNames) {
        if (until > now)
            break;
        queue.usedNames.delete(name);
    }
    queue.usedNames.delete(task.name);
    queue.usedNames.set(task.name, now + nameReuseMs);
}
/** The last part of a resource name. */
export function shortId(name) {
    return name.slice(name.lastIndexOf("/") + 1);
}
//# sourceMappingURL=queue.js.map