import { describe, expect, it } from "@jest/globals";
import type { Task } from "../../src/domain/job/tasks.js";
import { memoryTaskQueue } from "./memory-ports.js";

const task = (jobId: string): Task => ({ type: "start", jobId });
const ids = (tasks: readonly Task[]) => tasks.map((one) => ("jobId" in one ? one.jobId : one.uid));

describe("the memory task queue", () => {
  it("gives out what is due, earliest first and otherwise in the order it came", async () => {
    const queue = memoryTaskQueue();
    for (const [name, dueAt] of [
      ["c", 30],
      ["a", 10],
      ["d", 30],
      ["b", 20],
      ["e", 31],
    ] as const) {
      await queue.enqueue(name, task(name), dueAt);
    }
    expect(queue.nextDueAt()).toBe(10);
    expect(ids(queue.takeDue(9))).toEqual([]);
    expect(ids(queue.takeDue(30))).toEqual(["a", "b", "c", "d"]);
    expect(queue.size()).toBe(1);
    expect(ids(queue.takeDue(31))).toEqual(["e"]);
    expect(queue.nextDueAt()).toBeNull();
  });

  it("takes a name once, also after its task was taken", async () => {
    const queue = memoryTaskQueue();
    await queue.enqueue("same", task("a1"), 10);
    await queue.enqueue("same", task("a1"), 10);
    expect(queue.takeDue(10)).toHaveLength(1);
    await queue.enqueue("same", task("a1"), 20);
    expect(queue.takeDue(20)).toEqual([]);
  });
});
