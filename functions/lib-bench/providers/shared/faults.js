import { fileDefects } from "./simulator.js";
/** Faults of the line between us and a vendor; the simulator itself never sees them. */
export const lineFaults = ["down", "refused", "lost", "hang", "html", "unauthorized"];
const mishapTypes = ["fail", "moderated", "stuck", "slow", "no-credits", "rate-limit", "bad-output"];
/**
 * Reads `vendor:fault`, `vendor:fault=value` and `vendor:fault*times`, for example
 * `runway:down`, `heygen:slow=4`, `runware:bad-output=truncated*1`.
 * Throws an `Error` whose message names the remedy.
 */
export function parseFault(text, vendors) {
    const match = /^([a-z]+):([a-z-]+)(?:=([a-z0-9.-]+))?(?:\*(\d+))?$/.exec(text);
    const [, vendor = "", fault = "", value, times] = match ?? [];
    const known = [...lineFaults, ...mishapTypes];
    if (!vendors.includes(vendor) || !known.some((name) => name === fault)) {
        throw new Error(`unknown fault "${text}": write vendor:fault, for example ${vendors[0]}:down; ` +
            `vendors are ${vendors.join(", ")}; faults are ${known.join(", ")}`);
    }
    if (fault === "bad-output" && value !== undefined && !fileDefects.some((defect) => defect === value)) {
        throw new Error(`unknown defect "${value}": one of ${fileDefects.join(", ")}`);
    }
    return {
        vendor,
        fault: fault,
        ...(value === undefined ? {} : { value }),
        ...(times === undefined ? {} : { times: Number(times) }),
    };
}
/** Hands out the injected faults of one vendor, each as often as its spec says. */
export class FaultPlan {
    #left;
    constructor(specs) {
        this.#left = [];
        for (const spec of specs)
            this.add(spec);
    }
    add(spec) {
        this.#left.push({ spec, times: spec.times ?? Number.POSITIVE_INFINITY });
    }
    /** The fault of the line for a request that is a paid start or any other call. */
    takeLineFault(isStart) {
        const spec = this.#take((candidate) => {
            if (!isLineFault(candidate.fault))
                return false;
            // Losing the answer is about starts; a limited outage counts starts as well, so that
            // `down*2` means two refused starts whatever else is asked in between.
            return isStart || (candidate.fault !== "lost" && candidate.times === undefined);
        });
        return spec === undefined ? undefined : spec.fault;
    }
    takeMishap() {
        const spec = this.#take((candidate) => !isLineFault(candidate.fault));
        return spec === undefined ? undefined : toMishap(spec);
    }
    #take(matches) {
        const entry = this.#left.find((candidate) => candidate.times > 0 && matches(candidate.spec));
        if (entry === undefined)
            return undefined;
        entry.times -= 1;
        return entry.spec;
    }
}
function isLineFault(fault) {
    return lineFaults.some((name) => name === fault);
}
function toMishap(spec) {
    if (spec.fault === "slow")
        return { type: "slow", factor: Number(spec.value ?? 4) };
    if (spec.fault === "bad-output") {
        return { type: "bad-output", defect: (spec.value ?? "truncated") };
    }
    return { type: spec.fault };
}
//# sourceMappingURL=faults.js.map