import { buildText } from "../prompt/prompt.js";
import type { ProviderModel } from "../provider/model.js";
import type { GenerationPlan } from "../provider/provider.js";
import { type ModelRequest, modeOf } from "../request/request.js";
import type { Fit } from "./fit.js";

/** Brings a request into the shape that a model serves. */
export function toPlan(model: ProviderModel, request: ModelRequest, fit: Fit): GenerationPlan {
  return {
    model: model.id,
    mode: modeOf(request),
    text: buildText(request, fit.mode),
    size: fit.size,
    durationSeconds: fit.durationSeconds,
    audio: fit.audio,
    ...(fit.mode.shapeFromPicture === true ? { shapeFromPicture: true } : {}),
    ...images(request),
    ...(request.negativePrompt !== undefined && fit.mode.negativePrompt === true
      ? { negativePrompt: request.negativePrompt }
      : {}),
    ...(request.seed !== undefined && fit.mode.seed === true ? { seed: request.seed } : {}),
  };
}

function images(
  request: ModelRequest,
): Pick<GenerationPlan, "image" | "firstFrame" | "lastFrame" | "references"> {
  switch (request.kind) {
    case "text":
      return {};
    case "image":
      return { image: request.image };
    case "frames":
      return { firstFrame: request.firstFrame, lastFrame: request.lastFrame };
    case "still":
      return request.references === undefined ? {} : { references: request.references };
    case "avatar":
      return request.image === undefined ? {} : { image: request.image };
  }
}
