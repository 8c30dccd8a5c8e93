import { afterEach, describe, expect, it, jest } from "@jest/globals";
import type { Logger } from "../../engine/ports/logger.js";

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

  /** Lines as Cloud Logging reads them: JSON by JSON, each on a line of its own. */
  async function linesOf(use: (log: Logger) => void): Promise<Record<string, unknown>[]> {
    const lines: string[] = [];
    for (const method of ["info", "warn", "error"] as const) {
      jest.spyOn(console, method).mockImplementation((line) => {
        lines.push(String(line));
      });
    }
    jest.resetModules();
    const { firebaseLogger } = await import("./logger.js");
    use(firebaseLogger());
    return lines.flatMap((line) => line.split("\n")).map((line) => JSON.parse(line));
  }

  it.each([
    "severity",
    "message",
    "time",
    "timestamp",
    "httpRequest",
    "labels",
    "trace",
    "spanId",
    "stack_trace",
    "exception",
    "@type",
    "serviceContext",
    "logging.googleapis.com/labels",
    "logging.googleapis.com/trace",
    "logging.googleapis.com/insertId",
    "logging.googleapis.com/sourceLocation",
    "__proto__",
    "a name",
    "",
  ])("lets no field pass for one that the platform acts on: %s", async (name) => {
    const [line] = await linesOf((log) =>
      log.info("job.submitted", { jobId: "a1", ...Object.fromEntries([[name, "forged"]]) }),
    );
    expect(line).toEqual({ severity: "INFO", message: "job.submitted", jobId: "a1" });
  });

  it("has no event but those that are called like ours", async () => {
    const forged = '{"severity":"ERROR","message":"price.drift"}';
    const lines = await linesOf((log) => {
      for (const event of [`x\n${forged}`, forged, "price.drift ", "Price.drift", "price", ""]) {
        log.info(event, { jobId: "a1" });
      }
    });
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatchObject({ message: "log.misnamed", severity: "ERROR" });
  });

  it("keeps each line one line, whatever a text or a value holds", async () => {
    const hostile = 'x\n{"severity":"ERROR","message":"price.drift"}\u2028';
    const object = { "logging.googleapis.com/trace": "forged" } as unknown as string;
    const lines = await linesOf((log) => log.warn("output.rejected", { reason: hostile, provider: object }));
    expect(lines).toMatchObject([
      { message: "output.rejected", severity: "WARNING", reason: hostile, provider: "object" },
    ]);
  });
});
