import TinyQueue from "tinyqueue";

/** A clock that stands still until all work of one moment is done, and then jumps to the next moment. */
export interface VirtualTime {
  now(): number;
  /** Never runs at once. Actions that are due at the same moment run in the order of the calls. */
  at(dueAt: number, action: () => void): ScheduledAction;
  sleep(delayMs: number): Promise<void>;
  /** Lets time pass until `isOver`, or until nothing more is due before `end`. */
  run(end: number, isOver: () => boolean): Promise<void>;
  /** How many moments there have been. */
  moments(): number;
}

export interface ScheduledAction {
  readonly dueAt: number;
  readonly order: number;
  /** Set to `null`, it is cancelled. */
  action: (() => void) | null;
}

export function createVirtualTime(start: number): VirtualTime {
  const queue = new TinyQueue<ScheduledAction>([], compare);
  let now = start;
  let orders = 0;
  let moments = 0;

  function at(dueAt: number, action: () => void): ScheduledAction {
    orders += 1;
    const scheduled = { dueAt: Math.max(now, dueAt), order: orders, action };
    queue.push(scheduled);
    return scheduled;
  }

  return {
    now: () => now,
    at,
    sleep: (delayMs) => new Promise((resolve) => at(now + delayMs, resolve)),
    moments: () => moments,
    async run(end, isOver) {
      function goOn(): boolean {
        while (queue.peek()?.action === null) queue.pop();
        const next = queue.peek();
        if (next === undefined || next.dueAt > end || isOver()) return false;
        queue.pop();
        now = next.dueAt;
        moments += 1;
        next.action?.();
        return true;
      }

      // Work that began before the clock ran goes on as far as it can.
      await inTurns(() => false);
      await inTurns(goOn);
      if (!isOver()) now = Math.max(now, end);
    },
  };
}

const turnsPerRound = 64;

/**
 * Takes turns while there are any. Every promise that can go on without the clock has done so before
 * the next turn: Node settles them between one immediate and the next. Many are queued at once, since
 * a round of the event loop costs more than most turns.
 */
function inTurns(turn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;

    function take(): void {
      if (isOver) return;
      try {
        isOver = !turn();
        if (isOver) resolve();
      } catch (error) {
        isOver = true;
        reject(error);
      }
    }

    function round(): void {
      for (let index = 1; index < turnsPerRound; index += 1) setImmediate(take);
      setImmediate(() => {
        take();
        if (!isOver) round();
      });
    }

    round();
  });
}

function compare(one: ScheduledAction, other: ScheduledAction): number {
  return one.dueAt - other.dueAt || one.order - other.order;
}
