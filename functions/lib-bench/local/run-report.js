import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { microsToUsd } from "../domain/money.js";
import { providerCostUsdMicros, toView } from "../domain/view.js";
export function toJobReport(job, file) {
    const view = toView(job, job.updatedAt);
    return {
        jobId: job.id,
        status: job.status,
        provider: view.provider,
        model: view.model,
        attempts: view.attempts,
        seconds: ((job.endedAt ?? job.updatedAt) - job.createdAt) / 1_000,
        costUsd: microsToUsd(providerCostUsdMicros(job)),
        credits: job.chargedCredits,
        adjustments: view.adjustments,
        file,
        error: job.error,
    };
}
/**
 * Fetches the finished video through its signed URL, as the owner would, and keeps it on disk.
 * Throws when the bytes are not the ones that were checked and paid for.
 */
export async function fetchFile(job, url, directory) {
    const { output } = job;
    if (output === null)
        return null;
    const response = await fetch(url);
    if (!response.ok)
        throw new Error(`the signed URL of ${job.id} answered ${response.status}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== output.sha256)
        throw new Error(`the stored file of ${job.id} is not the one that was checked`);
    await mkdir(directory, { recursive: true });
    const path = join(directory, `${job.id}.mp4`);
    await writeFile(path, bytes);
    const { width, height, durationSeconds, codec } = output;
    return {
        path,
        object: output.path,
        bytes: bytes.byteLength,
        sha256,
        width,
        height,
        durationSeconds,
        codec,
    };
}
//# sourceMappingURL=run-report.js.map