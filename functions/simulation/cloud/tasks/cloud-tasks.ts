import type { LocalClock } from "../../kit/clock.js";
import type { Dispatcher } from "./dispatcher.js";
import { createQueue, isNameTaken, type Queue, type QueueSettings, shortId, type Task } from "./queue.js";
import { RpcError } from "./wire.js";

/** Settings by the short name of a queue, for queues that appear on first use. */
export type KnownQueues = Readonly<Record<string, Partial<QueueSettings>>>;

/** The calls of the Cloud Tasks API over plain data; names are full resource names. */
export type CloudTasks = ReturnType<typeof createCloudTasks>;

/** cloudtasks.proto v2: the name of a deleted queue stays blocked for some days. */
const deletedQueueMs = 7 * 86_400_000;

export function createCloudTasks(clock: LocalClock, dispatcher: Dispatcher, knownQueues: KnownQueues) {
  const queues = new Map<string, Queue>();
  const deletedQueues = new Map<string, number>();

  function isDeleted(name: string): boolean {
    return (deletedQueues.get(name) ?? 0) > clock.now();
  }

  /** A deployment creates the queues of its functions; here they come into being on first use. */
  function queueOf(name: string): Queue {
    const existing = queues.get(name);
    if (existing !== undefined) return existing;
    if (isDeleted(name)) throw new RpcError("NOT_FOUND", "Requested entity was not found.");
    return addQueue(name, knownQueues[shortId(name)] ?? {});
  }

  function addQueue(name: string, settings: Partial<QueueSettings>): Queue {
    if (!/^[A-Za-z0-9-]{1,100}$/.test(shortId(name))) {
      throw new RpcError("INVALID_ARGUMENT", "a queue id has 1-100 letters, digits or hyphens");
    }
    const queue = createQueue(name, settings, clock.now());
    queues.set(name, queue);
    return queue;
  }

  function taskOf(queueName: string, taskName: string): { queue: Queue; task: Task } {
    const queue = queueOf(queueName);
    const task = queue.tasks.get(taskName);
    if (task !== undefined) return { queue, task };
    const existed = isNameTaken(queue, taskName, clock.now());
    throw new RpcError(
      "NOT_FOUND",
      existed
        ? "The task no longer exists, though a task with this name existed recently."
        : "Requested entity was not found.",
    );
  }

  function dropTasks(queue: Queue): void {
    for (const task of [...queue.tasks.values()]) dispatcher.remove(queue, task);
  }

  return {
    queues: (): Iterable<Queue> => queues.values(),
    queue: queueOf,

    createQueue(name: string, settings: Partial<QueueSettings>): Queue {
      if (queues.has(name)) throw new RpcError("ALREADY_EXISTS", "Queue already exists");
      if (isDeleted(name)) {
        throw new RpcError("FAILED_PRECONDITION", "a queue with this name was deleted less than 7 days ago");
      }
      return addQueue(name, settings);
    },

    updateQueue(name: string, settings: Partial<QueueSettings>): Queue {
      const queue = queueOf(name);
      queue.settings = { ...queue.settings, ...settings };
      // A wait for a token that was computed from the old rate.
      queue.stopWaiting?.();
      queue.stopWaiting = undefined;
      dispatcher.pump(queue);
      return queue;
    },

    setState(name: string, state: Queue["state"]): Queue {
      const queue = queueOf(name);
      queue.state = state;
      dispatcher.pump(queue);
      return queue;
    },

    purgeQueue(name: string): Queue {
      const queue = queueOf(name);
      dropTasks(queue);
      queue.purgedAt = clock.now();
      return queue;
    },

    deleteQueue(name: string): void {
      const queue = queueOf(name);
      dropTasks(queue);
      queue.stopWaiting?.();
      queues.delete(name);
      deletedQueues.set(name, clock.now() + deletedQueueMs);
    },

    createTask(queueName: string, task: Task): Task {
      if (isDeleted(queueName)) throw new RpcError("FAILED_PRECONDITION", "Queue does not exist.");
      const queue = queueOf(queueName);
      if (isNameTaken(queue, task.name, clock.now())) {
        throw new RpcError(
          "ALREADY_EXISTS",
          queue.tasks.has(task.name)
            ? "Requested entity already exists"
            : "The task cannot be created because a task with this name existed too recently.",
        );
      }
      queue.tasks.set(task.name, task);
      dispatcher.add(queue, task);
      return task;
    },

    task: (queueName: string, taskName: string): Task => taskOf(queueName, taskName).task,

    deleteTask(queueName: string, taskName: string): void {
      const { queue, task } = taskOf(queueName, taskName);
      dispatcher.remove(queue, task);
    },

    runTask(queueName: string, taskName: string): Task {
      const { queue, task } = taskOf(queueName, taskName);
      dispatcher.runNow(queue, task);
      return task;
    },
  };
}
