import { coldStart } from "./cold-start.js";
import { selection } from "./selection/selection.js";
/** Every bench, in the order of `docs/benchmarks.md`. */
export const benches = [selection, coldStart];
//# sourceMappingURL=benches.js.map