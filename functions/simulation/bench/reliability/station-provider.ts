import type { ProviderModel } from "../../../src/domain/provider/model.js";
import type { OperationStatus, VideoProvider } from "../../../src/domain/provider/provider.js";
import { size } from "../../../src/domain/provider/resolution.js";
import type { Fate, Station } from "./world.js";

/** The same price everywhere, so that money spent counts generations. */
const price = { unit: "output", rates: [{ usdMicros: 500_000 }] } as const;

export function stationModel({ id, typicalSeconds }: Station): ProviderModel {
  return {
    id: `${id}:clip`,
    provider: id,
    name: "clip",
    label: `Clip of ${id}`,
    medium: "video",
    modes: {
      text: {
        sizes: [size("16:9", "720p", 1280, 720)],
        durations: { type: "discrete", seconds: [5] },
        audio: "none",
        textLimit: { max: 1_000, unit: "utf16" },
      },
    },
    quality: "standard",
    price,
    typicalSeconds,
    source: "synthetic",
    readOn: "2026-11-01",
  };
}

/**
 * A station as the engine sees any vendor: starts by key, is polled, has neither webhooks nor a way
 * to stop a generation. Refusals are plain: the ambiguous start is another measurement's subject.
 */
export function stationProvider(
  station: Station,
  now: () => number,
  begin: (jobId: string) => Fate,
): VideoProvider {
  return {
    id: station.id,
    models: [stationModel(station)],
    pollFloorMs: 5_000,
    startGuard: "idempotent",
    cancelRefund: "none",
    outputHosts: ["files.example.test"],
    async start(_plan, { idempotencyKey }) {
      const fate = begin(idempotencyKey.slice(0, idempotencyKey.lastIndexOf(":")));
      if (fate.type === "refused") {
        return { status: "refused", failure: { code: "server_error", statusCode: 503 } };
      }
      const endsAt = fate.type === "stuck" ? null : now() + fate.seconds * 1_000;
      return { status: "started", operation: { endsAt, fails: fate.type === "failed" } };
    },
    async status({ endsAt, fails }): Promise<OperationStatus> {
      if (typeof endsAt !== "number" || now() < endsAt) return { status: "pending" };
      if (fails === true) return { status: "failed", failure: { code: "processing_failed" } };
      return { status: "succeeded", outputUrl: "https://files.example.test/clip.mp4" };
    },
    probe: async () => ({ status: "ok" }),
  };
}
