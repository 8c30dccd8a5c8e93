import { beforeEach, describe, expect, it } from "@jest/globals";
import { defaultPolicy } from "../domain/policy/policy.js";
import { type CallLimits, createCallLimits, type LimitedCall } from "./call-limits.js";

const now = Date.UTC(2026, 10, 21, 12);
const limits = { ...defaultPolicy.limits, streamsPerUser: 2 };
const kinds = Object.keys(limits.callsPerUserPerMinute) as LimitedCall[];

let callLimits: CallLimits;
beforeEach(() => {
  callLimits = createCallLimits();
});

function useUp(uid: string, call: LimitedCall, at = now): void {
  for (let count = 0; count < limits.callsPerUserPerMinute[call]; count += 1)
    callLimits.take(uid, call, limits, at);
}

describe("calls that cost their user nothing", () => {
  it.each(kinds)("are limited by the minute, and a refusal says when there is room: %s", (call) => {
    useUp("ada", call);
    const betweenMs = 60_000 / limits.callsPerUserPerMinute[call];
    expect(() => callLimits.take("ada", call, limits, now)).toThrow(
      expect.objectContaining({
        code: "rate_exceeded",
        details: expect.objectContaining({ retryAt: now + betweenMs }),
      }),
    );
    callLimits.take("ada", call, limits, now + betweenMs);
    expect(() => callLimits.take("ada", call, limits, now + betweenMs)).toThrow(/try again at/);
  });

  it("are counted for each user and kind by itself", () => {
    useUp("ada", "quote");
    callLimits.take("bob", "quote", limits, now);
    callLimits.take("ada", "list", limits, now);
  });

  it("have their whole share again after a minute, and no more after an hour", () => {
    useUp("ada", "refresh");
    useUp("ada", "refresh", now + 3_600_000);
    expect(() => callLimits.take("ada", "refresh", limits, now + 3_600_000)).toThrow();
  });

  it("are not given away by a clock that is set back", () => {
    useUp("ada", "refresh");
    expect(() => callLimits.take("ada", "refresh", limits, now - 60_000)).toThrow();
  });
});

describe("streams", () => {
  it("are limited at once, for each user, and give their place back once", () => {
    const [first] = [callLimits.openStream("ada", limits), callLimits.openStream("ada", limits)];
    expect(() => callLimits.openStream("ada", limits)).toThrow(
      expect.objectContaining({ code: "rate_exceeded" }),
    );
    callLimits.openStream("bob", limits);
    first?.();
    first?.();
    callLimits.openStream("ada", limits);
    expect(() => callLimits.openStream("ada", limits)).toThrow();
  });
});
