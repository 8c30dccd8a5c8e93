import { describe, expect, it } from "@jest/globals";
import { subjectOfKey } from "./webhook-subject.js";

const subject = { provider: "vendor", jobId: "0123456789abcdef01234567", attempt: 2 };

describe("an idempotency key", () => {
  it("tells job and attempt", () => {
    expect(subjectOfKey("vendor", "0123456789abcdef01234567:a2")).toEqual(subject);
  });

  it.each([null, "", "job_42:a1", "0123456789abcdef01234567:a0", "0123456789abcdef01234567:a1\n", "../x:a1"])(
    "tells nothing when it is not ours: %j",
    (key) => {
      expect(subjectOfKey("vendor", key)).toBeNull();
    },
  );
});
