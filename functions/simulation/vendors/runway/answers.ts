import type { z } from "zod";
import type { SimulatedResponse } from "../shared/simulator.js";

const docUrl = "https://docs.dev.runwayml.com/api";

/** Texts of the 401, the 429 and the two of the version header are not on record; the rest is. */
export function refusal(status: number, error: string): SimulatedResponse {
  return { status, body: { error, docUrl } };
}

export const unauthorized = refusal(401, "Unauthorized");
export const missingVersion = refusal(400, "The X-Runway-Version header is required.");
export const unknownVersion = refusal(400, "The X-Runway-Version header names an unknown version.");
export const noCredits = refusal(400, "You do not have enough credits to run this task.");
export const dailyCap = refusal(429, "You have exceeded the daily generation limit for this model.");
export const noTask: SimulatedResponse = { status: 404, body: { error: "Could not find Task" } };
export const noRoute: SimulatedResponse = { status: 404, body: { error: "Not found" } };

export function invalidBody(issues: readonly z.core.$ZodIssue[]): SimulatedResponse {
  return {
    status: 400,
    body: {
      error: "Validation of body failed",
      issues: issues.map((issue) => ({
        // The vendor speaks in the codes of zod 3.
        code: issue.code === "invalid_value" ? "invalid_enum_value" : issue.code,
        path: issue.path,
        message: issue.message,
      })),
      docUrl,
    },
  };
}
