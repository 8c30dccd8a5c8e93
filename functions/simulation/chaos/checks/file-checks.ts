import type { Attempt, Job, Output } from "../../../src/domain/job/job.js";
import { mismatch, pictureMismatch } from "../../../src/domain/output/check.js";
import { partNames } from "../../../src/domain/selection/composite-plan.js";
import { storedVideos, wholePlan } from "../../../src/engine/store/assemble.js";
import { inspectSimulated } from "../../kit/described-files.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import { joined } from "../world/files.js";
import type { ChaosWorld } from "../world/world.js";

/** What is wrong with the file of a completed job, or `null`. */
export function fileProblem(world: ChaosWorld, job: Job): string | null {
  const used = job.attempts.filter((attempt) => attempt.state === "succeeded" && !attempt.wasted);
  const [attempt] = used;
  if (used.length !== 1 || attempt === undefined) return `${used.length} attempts are the one used`;
  const { output } = job;
  const stored = world.files.look(output?.path ?? "");
  if (output === null || stored === undefined) return "there is no file";
  if (stored.object.sha256 !== output.sha256) return "it is another file than was checked";
  if (output.medium === "playlist") return listProblem(world, job, attempt, stored.text);
  const { file } = stored;
  if (file === undefined) return "it is no file of a vendor";
  if (attempt.composite === undefined) {
    const isOwn = Object.values(attempt.operation ?? {}).includes(file.id);
    return isOwn ? contentProblem(file, output, attempt) : `it is the file of ${file.id}`;
  }
  const parts = partFiles(world, job, attempt);
  if (parts.length === 0) return "no part has a file";
  const whole = parts.length > 1 ? joined(parts) : parts[0];
  if (file.id !== whole?.id) return `it is made of ${file.id} instead of ${whole?.id}`;
  return contentProblem(file, output, { ...attempt, plan: wholePlan(job, attempt) });
}

function contentProblem(file: SimulatedFile, { medium }: Output, { plan }: Attempt): string | null {
  if (medium === "image") return isSound(file) ? pictureMismatch(file, plan) : "the picture is damaged";
  const inspection = inspectSimulated(file);
  const wrong = inspection.ok ? mismatch(inspection.facts, plan) : inspection.defect;
  return wrong === null ? null : `it is not what was asked for: ${wrong}`;
}

function isSound({ medium, defect }: SimulatedFile): boolean {
  return medium === "image" && defect === undefined;
}

/** The files of the parts as they lie in the bucket, in their order. */
function partFiles(world: ChaosWorld, job: Job, attempt: Attempt): SimulatedFile[] {
  return storedVideos(job, attempt.composite).flatMap(({ output }) => {
    const stored = world.files.look(output.path);
    return stored?.file === undefined || stored.object.sha256 !== output.sha256 ? [] : [stored.file];
  });
}

function listProblem(world: ChaosWorld, job: Job, attempt: Attempt, text: string): string | null {
  const plan = attempt.composite;
  const wanted = plan === undefined ? 0 : partNames(plan).length;
  const found = partFiles(world, job, attempt).length;
  if (found !== wanted) return `it lists ${wanted} segments, ${found} of them are there`;
  const missing = storedVideos(job, plan).find(({ output }) => !text.includes(output.path));
  return missing === undefined ? null : `it does not list ${missing.name}`;
}
