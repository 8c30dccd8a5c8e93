import { afterEach, describe, expect, it, jest } from "@jest/globals";

describe("the log", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it("has one line of JSON per fact, with the event as its message and no secret in it", async () => {
    const lines: string[] = [];
    for (const method of ["info", "warn", "error"] as const) {
      jest.spyOn(console, method).mockImplementation((line) => {
        lines.push(String(line));
      });
    }
    // The library takes the console's methods when it is loaded.
    const { firebaseLogger } = await import("./logger.js");
    const log = firebaseLogger();
    log.info("job.submitted", { jobId: "a1", credits: 10, uid: undefined });
    log.error("output.rejected", {
      reason: "GET https://cdn.example.com/a.mp4?token=abc",
      message: "no event",
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { severity: "INFO", message: "job.submitted", jobId: "a1", credits: 10 },
      { severity: "ERROR", message: "output.rejected", reason: "GET https://cdn.example.com/a.mp4?…" },
    ]);
  });
});
