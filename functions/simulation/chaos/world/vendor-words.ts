import { parseJson } from "../../../src/providers/shared/answer.js";
import type { SimulatedRequest } from "../../vendors/shared/simulator.js";

/** What a vendor says when it means it, each in its own shape. */
export interface VendorWords {
  /** It does not know the generation. */
  noSuchTask(request: SimulatedRequest): Words;
  /** It refuses what the caller wrote. */
  badInput(request: SimulatedRequest): Words;
  /** It refuses what our catalogue chose. */
  outdated(request: SimulatedRequest): Words;
  /** An error under a status of success. */
  errorInSuccess(request: SimulatedRequest): Words;
}

interface Words {
  readonly status: number;
  readonly body: unknown;
}

const heygen: VendorWords = {
  noSuchTask: () => ({ status: 404, body: { error: { code: "video_not_found", message: "Not found" } } }),
  badInput: () => ({
    status: 400,
    body: { error: { code: "invalid_parameter", message: "script is empty", param: "script" } },
  }),
  outdated: () => ({ status: 400, body: { error: { code: "avatar_not_usable", message: "Not usable" } } }),
  errorInSuccess: () => ({
    status: 200,
    body: { data: null, error: { code: "insufficient_credit", message: "Insufficient credit" } },
  }),
};

function runwayIssue(path: string): Words {
  const issues = [{ code: "invalid_value", path: [path], message: "Invalid input" }];
  return { status: 400, body: { error: "Validation of body failed", issues } };
}

const runway: VendorWords = {
  noSuchTask: () => ({ status: 404, body: { error: "Could not find Task" } }),
  badInput: () => runwayIssue("promptText"),
  outdated: () => runwayIssue("model"),
  errorInSuccess: () => ({
    status: 200,
    body: { error: "You do not have enough credits to run this task." },
  }),
};

function runwareError(request: SimulatedRequest, status: number, error: object): Words {
  const [task] = (parseJson(request.text) ?? []) as { taskUUID?: string; taskType?: string }[];
  const { taskUUID, taskType } = task ?? {};
  return { status, body: { errors: [{ message: "m", taskUUID, taskType, ...error }] } };
}

const runware: VendorWords = {
  noSuchTask: (request) => runwareError(request, 200, { code: "taskNotFound" }),
  badInput: (request) =>
    runwareError(request, 400, { code: "invalidPositivePrompt", parameter: "positivePrompt" }),
  outdated: (request) => runwareError(request, 400, { code: "unsupportedParameter", parameter: "width" }),
  errorInSuccess: (request) => runwareError(request, 200, { code: "insufficientCredits" }),
};

export const vendorWords: Readonly<Record<string, VendorWords>> = { heygen, runway, runware };

/** A gateway's way to say that there is nothing at this address; no word of the vendor's. */
export const gatewayNotFound: readonly [unknown, ...unknown[]] = [
  {},
  [],
  { message: "Not Found" },
  { message: "no Route matched with those values" },
  { error: "Not Found", status: 404, path: "/" },
];
