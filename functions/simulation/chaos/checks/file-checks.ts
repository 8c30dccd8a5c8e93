import { storedVideos } from "../../../src/domain/job/composition.js";
import type { Attempt, Job, Output } from "../../../src/domain/job/job.js";
import { mismatch, pictureMismatch, wrongLength } from "../../../src/domain/output/check.js";
import { type CompositePlan, partNames } from "../../../src/domain/selection/composite-plan.js";
import { secondsOf } from "../../../src/engine/store/assemble.js";
import type { SimulatedFile } from "../../vendors/shared/simulator.js";
import { joined } from "../world/converter.js";
import { inspect } from "../world/files.js";
import type { ChaosWorld } from "../world/world.js";

/** What is wrong with the file of a completed job, or `null`. */
export function fileProblem(world: ChaosWorld, job: Job): string | null {
  const { output, composition } = job;
  const stored = world.files.look(output?.path ?? "");
  if (output === null || stored === undefined) return "there is no file";
  if (stored.object.sha256 !== output.sha256) return "it is another file than was checked";
  if (composition !== undefined) return wholeProblem(world, job, output, stored);
  const used = job.attempts.filter((attempt) => attempt.state === "succeeded" && !attempt.wasted);
  const [attempt] = used;
  if (used.length !== 1 || attempt === undefined) return `${used.length} attempts are the one used`;
  const { file } = stored;
  if (file === undefined) return "it is no file of a vendor";
  const isOwn = Object.values(attempt.operation ?? {}).includes(file.id);
  return isOwn ? contentProblem(file, output, attempt) : `it is the file of ${file.id}`;
}

type StoredFile = NonNullable<ReturnType<ChaosWorld["files"]["look"]>>;

function wholeProblem(
  world: ChaosWorld,
  job: Job,
  { medium }: Output,
  { file, text }: StoredFile,
): string | null {
  const plan = job.composition?.plan;
  if (plan === undefined) return "nobody has planned its parts";
  if (job.attempts.length > 0) return "it has attempts of its own";
  if (medium === "playlist") return listProblem(world, job, plan, text);
  if (file === undefined) return "it is no file of a vendor";
  const parts = partFiles(world, job, plan);
  if (parts.length === 0) return "no part has a file";
  const whole = parts.length > 1 ? joined(parts) : parts[0];
  if (file.id !== whole?.id) return `it is made of ${file.id} instead of ${whole?.id}`;
  const inspection = inspect(file);
  const wrong = inspection.ok
    ? wrongLength(inspection.facts, secondsOf(storedVideos(job, plan)))
    : inspection.defect;
  return wrong === null ? null : `it is not what was asked for: ${wrong}`;
}

function contentProblem(file: SimulatedFile, { medium }: Output, { plan }: Attempt): string | null {
  if (medium === "image") return isSound(file) ? pictureMismatch(file, plan) : "the picture is damaged";
  const inspection = inspect(file);
  const wrong = inspection.ok ? mismatch(inspection.facts, plan) : inspection.defect;
  return wrong === null ? null : `it is not what was asked for: ${wrong}`;
}

function isSound({ medium, defect }: SimulatedFile): boolean {
  return medium === "image" && defect === undefined;
}

/** The files of the parts as they lie in the bucket, in their order. */
function partFiles(world: ChaosWorld, job: Job, plan: CompositePlan): SimulatedFile[] {
  return storedVideos(job, plan).flatMap(({ output }) => {
    const stored = world.files.look(output.path);
    return stored?.file === undefined || stored.object.sha256 !== output.sha256 ? [] : [stored.file];
  });
}

function listProblem(world: ChaosWorld, job: Job, plan: CompositePlan, text: string): string | null {
  const wanted = partNames(plan).length;
  const found = partFiles(world, job, plan).length;
  if (found !== wanted) return `it lists ${wanted} segments, ${found} of them are there`;
  const missing = storedVideos(job, plan).find(({ output }) => !text.includes(output.path));
  return missing === undefined ? null : `it does not list ${missing.name}`;
}
