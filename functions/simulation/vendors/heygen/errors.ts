import type { SimulatedResponse } from "../shared/simulator.js";

/** The vendor's error body: `{"error":{"code","message","param"?,"doc_url"?}}`. */
export function refuse(
  status: number,
  code: string,
  message: string,
  rest: { param?: string; headers?: Record<string, string> } = {},
): SimulatedResponse {
  return {
    status,
    ...(rest.headers === undefined ? {} : { headers: rest.headers }),
    body: { error: { code, message, ...(rest.param === undefined ? {} : { param: rest.param }) } },
  };
}

export function videoNotFound(id: string): SimulatedResponse {
  return {
    status: 404,
    body: {
      error: {
        code: "video_not_found",
        message: `Video ${id} not found`,
        doc_url: "https://developers.heygen.com/docs/error-codes",
      },
    },
  };
}
