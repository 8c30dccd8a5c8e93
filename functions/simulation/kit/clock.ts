/**
 * The time of the local cloud. Its queue waits on this clock and never on timers of its own, so a
 * demonstration can run faster than the wall and a test can move time by hand.
 */
export interface LocalClock {
  /** How many of its milliseconds pass in one of the wall's. */
  readonly scale: number;
  /** Epoch milliseconds. */
  now(): number;
  /** Runs once when the clock reaches the given time. The returned function cancels it. */
  schedule(atMs: number, run: () => void): () => void;
}

export interface ManualClock extends LocalClock {
  /** Moves time forward and runs everything that becomes due, each at its own instant, in order. */
  advance(ms: number): void;
}

/** setTimeout fires at once above 2^31 - 1 ms (24.8 days); tasks may lie 30 days ahead. */
const longestTimeoutMs = 2 ** 31 - 1;

/**
 * Agrees with the wall clock at `startMs` and runs `scale` times as fast from there. Processes that
 * share both share the time.
 */
export function realClock(scale = 1, startMs = Date.now()): LocalClock {
  return timedBy(() => Math.floor(startMs + (Date.now() - startMs) * scale), scale);
}

/** Runs on timers of the wall, and looks at its own time before it runs anything. */
function timedBy(now: () => number, scale: number): LocalClock {
  return {
    scale,
    now,
    schedule(atMs, run) {
      let timer: NodeJS.Timeout;
      const wait = () => {
        const delayMs = Math.max(0, Math.ceil((atMs - now()) / scale));
        timer = setTimeout(check, Math.min(delayMs, longestTimeoutMs));
      };
      // A timer may fire a millisecond early, which would start a task before its time.
      const check = () => (now() < atMs ? wait() : run());
      wait();
      return () => clearTimeout(timer);
    },
  };
}

export interface PacedClock extends LocalClock {
  stop(): void;
}

const beatMs = 20;

/** Twice the beat and some, so that an idle machine never holds the clock back. */
const longestStepMs = 50;

/**
 * A clock that does not outrun this process. Whatever waits on it, such as the lease of a start, was
 * set by work that a busy machine may not let go on: so each beat counts for no more wall time than
 * `longestStepMs`, however late it comes. `onLate` is told how much wall time did not count.
 */
export function pacedClock(
  scale: number,
  startMs: number,
  onLate: (withheldMs: number) => void,
  wallMs: () => number = Date.now,
): PacedClock & { beat(): void } {
  let passedMs = 0;
  let beatenAt = startMs;
  const sinceBeat = () => Math.min(Math.max(0, wallMs() - beatenAt), longestStepMs);
  const beat = () => {
    const at = wallMs();
    const countedMs = sinceBeat();
    const withheldMs = at - beatenAt - countedMs;
    passedMs += countedMs;
    beatenAt = at;
    if (withheldMs > 0) onLate(withheldMs);
  };
  const timer = setInterval(beat, beatMs);
  timer.unref();
  return {
    ...timedBy(() => Math.floor(startMs + (passedMs + sinceBeat()) * scale), scale),
    beat,
    stop: () => clearInterval(timer),
  };
}

/** Stands still until it is moved. */
export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  const due: { atMs: number; run: () => void }[] = [];
  return {
    scale: 1,
    now: () => nowMs,
    schedule(atMs, run) {
      const entry = { atMs, run };
      const position = due.findIndex((other) => other.atMs > atMs);
      due.splice(position === -1 ? due.length : position, 0, entry);
      return () => {
        const index = due.indexOf(entry);
        if (index !== -1) due.splice(index, 1);
      };
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (let next = due[0]; next !== undefined && next.atMs <= endMs; next = due[0]) {
        due.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = endMs;
    },
  };
}
