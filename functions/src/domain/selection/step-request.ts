import { microsToUsd, type UsdMicros } from "../money.js";
import type { Catalogue } from "../provider/catalogue.js";
import { type ModelRequest, modeOf } from "../request/request.js";
import type { SceneRequest } from "../request/scene.js";

/**
 * The request of one step with the limits that the caller set for the whole: what is left of the
 * money, and of the named models those that serve this step. A provider's name holds for both steps.
 */
export function stepRequest<Request extends ModelRequest>(
  catalogue: Catalogue,
  scene: SceneRequest,
  request: Request,
  spentUsdMicros: UsdMicros,
): Request {
  const { maxCostUsd, providers } = scene;
  const mode = modeOf(request);
  const serves = (name: string) =>
    catalogue.providers.includes(name) ||
    catalogue.entries.some(({ model }) => model.id === name && model.modes[mode] !== undefined);
  const { only, ...others } = providers;
  const named = only?.filter(serves) ?? [];
  return {
    ...request,
    providers: { ...others, ...(named.length === 0 ? {} : { only: named }) },
    ...(maxCostUsd === undefined
      ? {}
      : { maxCostUsd: Math.max(0, maxCostUsd - microsToUsd(spentUsdMicros)) }),
  };
}
