import { spawn } from "node:child_process";

/** Enough of what it says to know why it failed. */
const keptBytes = 4_000;
const keptCharacters = 300;

/**
 * Runs the program with a list of arguments, without a shell. It is killed when it takes too long,
 * and nobody else is. Resolves with its standard output; throws with the end of its complaint.
 */
export async function runFfmpeg(
  program: string,
  args: readonly string[],
  { timeoutMs, directory }: { readonly timeoutMs: number; readonly directory: string },
): Promise<string> {
  const child = spawn(program, ["-nostdin", "-hide_banner", ...args], {
    cwd: directory,
    // It needs no setting of ours, and no key.
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Not the `timeout` of spawn: its timer stays when there is no such program (Node 20.20).
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  let output = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (output.length < 1_000_000) output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-keptBytes);
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal }));
    },
  ).finally(() => clearTimeout(timer));
  if (code === 0) return output;
  if (signal !== null) throw new Error(`ffmpeg was ended by ${signal}; it may take ${timeoutMs} ms`);
  throw new Error(`ffmpeg ended with ${code}: ${complaint.trim().slice(-keptCharacters)}`);
}
