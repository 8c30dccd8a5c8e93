/** A clock that stands still until everything of the moment has happened, and then jumps to the next. */
export interface VirtualTime {
  now(): number;
  /** Later at the earliest: what is due at the same moment happens in the order in which it was asked for. */
  at(dueAt: number, action: () => void): void;
  sleep(delayMs: number): Promise<void>;
  /** Lets time pass until `isOver`, or until nothing is left to happen before `end`. */
  run(end: number, isOver: () => boolean): Promise<void>;
  /** How many moments there have been. */
  moments(): number;
}

interface Appointment {
  readonly dueAt: number;
  readonly order: number;
  readonly action: () => void;
}

export function createVirtualTime(start: number): VirtualTime {
  /** A binary heap: no entry is earlier than the one at half its index. */
  const heap: Appointment[] = [];
  let now = start;
  let orders = 0;
  let moments = 0;

  function at(dueAt: number, action: () => void): void {
    orders += 1;
    heap.push({ dueAt: Math.max(now, dueAt), order: orders, action });
    rise(heap);
  }

  return {
    now: () => now,
    at,
    sleep: (delayMs) => new Promise((resolve) => at(now + delayMs, resolve)),
    moments: () => moments,
    async run(end, isOver) {
      // What was begun before the clock ran gets as far as it can.
      await settled();
      while (heap[0] !== undefined && heap[0].dueAt <= end && !isOver()) {
        const next = takeFirst(heap);
        now = next.dueAt;
        moments += 1;
        next.action();
        await settled();
      }
      if (!isOver()) now = Math.max(now, end);
    },
  };
}

/** Resolves when every promise that can go on without the clock has done so. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
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
