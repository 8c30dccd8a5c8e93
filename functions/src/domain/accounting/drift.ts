import { microsToUsd, type UsdMicros } from "../money.js";
import type { Catalogue } from "../provider/catalogue.js";

/** What an attempt that has ended cost, by our price table and by the provider's bill. */
export interface AttemptCost {
  readonly jobId: string;
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  readonly listedCostUsdMicros: UsdMicros;
  /** `null` while the provider has not told. */
  readonly costUsdMicros: UsdMicros | null;
  readonly wasted: boolean;
  readonly endedAt: number;
}

export interface ModelDrift {
  readonly model: string;
  readonly attempts: number;
  /** Attempts whose bill the provider told. Only these are compared. */
  readonly billed: number;
  readonly listedUsd: number;
  readonly billedUsd: number;
  /** Billed over listed: 1.2 is a fifth dearer than the table says. `null` when nothing can be compared. */
  readonly ratio: number | null;
  /** More than a tenth off, over enough attempts. */
  readonly deviates: boolean;
  /** Paid for, and of no use to anybody. */
  readonly wasted: number;
  readonly wastedUsd: number;
}

export interface DriftReport {
  readonly attempts: number;
  /** The largest deviation first. */
  readonly models: readonly ModelDrift[];
  /** Models of the catalogue whose vendor publishes no price. */
  readonly pricesUnknown: readonly string[];
  /** What was paid in vain, of all that was paid. */
  readonly wasteRatio: number | null;
}

const tolerance = 0.1;
const leastBilled = 5;

export function driftReport(ended: readonly AttemptCost[], catalogue: Catalogue): DriftReport {
  // What is made of other jobs is paid by those.
  const costs = ended.filter(({ provider }) => catalogue.providers.includes(provider));
  const ids = [...new Set(costs.map(({ model }) => model))];
  const models = ids.map((id) =>
    modelDrift(
      id,
      costs.filter(({ model }) => model === id),
    ),
  );
  const paid = sum(costs, paidFor);
  const wasted = sum(
    costs.filter((cost) => cost.wasted),
    paidFor,
  );
  return {
    attempts: costs.length,
    models: models.sort(
      (one, other) => deviation(other) - deviation(one) || (one.model < other.model ? -1 : 1),
    ),
    pricesUnknown: catalogue.entries
      .filter(({ model }) => model.price.unit === "unknown")
      .map(({ model }) => model.id),
    wasteRatio: paid === 0 ? null : wasted / paid,
  };
}

function modelDrift(model: string, costs: readonly AttemptCost[]): ModelDrift {
  // A start that was turned away costs nothing by any table.
  const billed = costs.filter(({ costUsdMicros }) => costUsdMicros !== null && costUsdMicros > 0);
  const wasted = costs.filter((cost) => cost.wasted);
  const listedMicros = sum(billed, (cost) => cost.listedCostUsdMicros);
  const billedMicros = sum(billed, (cost) => cost.costUsdMicros ?? 0);
  const ratio = listedMicros === 0 ? null : billedMicros / listedMicros;
  return {
    model,
    attempts: costs.length,
    billed: billed.length,
    listedUsd: microsToUsd(listedMicros),
    billedUsd: microsToUsd(billedMicros),
    ratio,
    deviates:
      billed.length >= leastBilled && Math.abs(billedMicros - listedMicros) > listedMicros * tolerance,
    wasted: wasted.length,
    wastedUsd: microsToUsd(sum(wasted, paidFor)),
  };
}

/** An unknown bill counts as what the table says. */
function paidFor(cost: AttemptCost): number {
  return cost.costUsdMicros ?? cost.listedCostUsdMicros;
}

function deviation({ ratio }: ModelDrift): number {
  return ratio === null ? -1 : Math.abs(ratio - 1);
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
