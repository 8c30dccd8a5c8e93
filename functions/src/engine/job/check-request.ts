import { RequestError } from "../../domain/errors.js";
import { outputProblem } from "../../domain/output/conversion.js";
import { parseRequest, type VideoRequest } from "../../domain/request/request.js";
import { checkProviderNames } from "../../domain/selection/selection.js";
import type { Deps } from "../deps.js";

/** Reads a request as far as that is possible without asking anybody. Throws `RequestError`. */
export function checkRequest(
  { catalogue, converter }: Pick<Deps, "catalogue" | "converter">,
  input: unknown,
): VideoRequest {
  const request = parseRequest(input);
  checkProviderNames(catalogue, request);
  const problem = outputProblem(request, converter);
  if (problem !== null) throw new RequestError("invalid_argument", problem, { field: "output" });
  return request;
}
