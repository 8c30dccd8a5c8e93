import { emptyHealth } from "../health/health.js";
import { defaultPolicy } from "../policy/policy.js";
import { select } from "../selection/selection.js";
import { exampleCatalogue, exampleModel } from "./models.js";
import { textRequest } from "./requests.js";

const request = textRequest();
const { record, winner } = select(
  exampleCatalogue([exampleModel()]),
  request,
  { policy: defaultPolicy, health: emptyHealth },
  {
    now: Date.UTC(2026, 10, 21, 12),
    profile: "balanced",
    deadlineAt: null,
    failed: [],
    budgetLeftUsdMicros: null,
  },
);
if (winner === null) throw new Error("the example model cannot serve the example request");

/** A real decision about the example request, for attempts that need one. */
export const exampleSelection = { request, record, plan: winner.plan };
