import type { Bench } from "./bench.js";
import { coldStart } from "./cold-start.js";
import { output } from "./output/output.js";
import { paidOnce } from "./paid-once/paid-once.js";
import { reliability } from "./reliability/reliability.js";
import { selection } from "./selection/selection.js";

/** Every bench, in the order of `docs/benchmarks.md`. */
export const benches: readonly Bench[] = [selection, coldStart, output, paidOnce, reliability];
