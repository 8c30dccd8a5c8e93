/** A clock that stands still until everything of the moment has happened, and then jumps to the next. */
export interface VirtualTime {
  now(): number;
  /** Later at the earliest: what is due at the same moment happens in the order in which it was asked for. */
  at(dueAt: number, action: () => void): Appointment;
  sleep(delayMs: number): Promise<void>;
  /** Lets time pass until `isOver`, or until nothing is left to happen before `end`. */
  run(end: number, isOver: () => boolean): Promise<void>;
  /** How many moments there have been. */
  moments(): number;
}

export interface Appointment {
  readonly dueAt: number;
  readonly order: number;
  /** What is to be done then; `null` takes it back. */
  action: (() => void) | null;
}

export function createVirtualTime(start: number): VirtualTime {
  /** A binary heap: no entry is earlier than the one at half its index. */
  const heap: Appointment[] = [];
  let now = start;
  let orders = 0;
  let moments = 0;

  function at(dueAt: number, action: () => void): Appointment {
    orders += 1;
    const appointment = { dueAt: Math.max(now, dueAt), order: orders, action };
    heap.push(appointment);
    rise(heap);
    return appointment;
  }

  return {
    now: () => now,
    at,
    sleep: (delayMs) => new Promise((resolve) => at(now + delayMs, resolve)),
    moments: () => moments,
    async run(end, isOver) {
      function goOn(): boolean {
        while (heap[0]?.action === null) takeFirst(heap);
        const [next] = heap;
        if (next === undefined || next.dueAt > end || isOver()) return false;
        takeFirst(heap);
        now = next.dueAt;
        moments += 1;
        next.action?.();
        return true;
      }

      // What was begun before the clock ran gets as far as it can.
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

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}

function rise(heap: Appointment[]): void {
  for (let index = heap.length - 1; index > 0; ) {
    const parent = (index - 1) >>> 1;
    if (!swapUnlessBefore(heap, parent, index)) return;
    index = parent;
  }
}

function takeFirst(heap: Appointment[]): Appointment {
  const [first] = heap;
  const last = heap.pop();
  if (first === undefined || last === undefined) throw new Error("nothing is due");
  if (heap.length === 0) return first;
  heap[0] = last;
  for (let index = 0; ; ) {
    const left = 2 * index + 1;
    const right = left + 1;
    const [leftEntry, rightEntry] = [heap[left], heap[right]];
    if (leftEntry === undefined) return first;
    const child = rightEntry !== undefined && isBefore(rightEntry, leftEntry) ? right : left;
    if (!swapUnlessBefore(heap, index, child)) return first;
    index = child;
  }
}

/** Puts the earlier of the two at the upper place; `false` when it was there already. */
function swapUnlessBefore(heap: Appointment[], upper: number, lower: number): boolean {
  const [above, below] = [heap[upper], heap[lower]];
  if (above === undefined || below === undefined || isBefore(above, below)) return false;
  heap[upper] = below;
  heap[lower] = above;
  return true;
}
