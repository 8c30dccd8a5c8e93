import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";

/** The program and what one run of it may take. */
export interface Ffmpeg {
  /** Path of the program. */
  readonly program: string;
  readonly timeoutMs: number;
  readonly maxMemoryBytes: number;
}

/** Runs ffmpeg where the files of one order lie. */
export type Run = (args: readonly string[]) => Promise<Buffer>;

/** Of what the program writes: all that is ever read, and the end of its errors, which says why it failed. */
const keptOutputBytes = 8_000_000;
const keptErrorCharacters = 4_000;
const toldCharacters = 300;

const memoryCheckMs = 100;

/**
 * Runs the program with a list of arguments and without a shell. Kills it when it takes too long or too
 * much memory, which it shares with whatever else this instance is doing. Resolves with its standard
 * output; throws with the end of its error output.
 */
export async function runFfmpeg(
  { program, timeoutMs, maxMemoryBytes }: Ffmpeg,
  args: readonly string[],
  directory: string,
): Promise<Buffer> {
  const child = spawn(program, ["-nostdin", "-hide_banner", ...args], {
    cwd: directory,
    // It gets none of our environment, which holds keys.
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  });
  let killedFor: string | null = null;
  const kill = (reason: string) => {
    killedFor ??= reason;
    child.kill("SIGKILL");
  };
  // Not the `timeout` of spawn: its timer stays when there is no such program (Node 20.20).
  const timer = setTimeout(() => kill(`it may take ${timeoutMs} ms`), timeoutMs);
  const memoryTimer = setInterval(async () => {
    const bytes = child.pid === undefined ? 0 : await residentBytes(child.pid);
    if (bytes > maxMemoryBytes) kill(`it may take ${Math.round(maxMemoryBytes / 2 ** 20)} MiB of memory`);
  }, memoryCheckMs);
  const output: Buffer[] = [];
  let outputBytes = 0;
  let errorText = "";
  child.stdout.on("data", (bytes: Buffer) => {
    outputBytes += bytes.length;
    if (outputBytes <= keptOutputBytes) output.push(bytes);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(-keptErrorCharacters);
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal }));
    },
  ).finally(() => {
    clearTimeout(timer);
    clearInterval(memoryTimer);
  });
  if (outputBytes > keptOutputBytes) throw new Error(`ffmpeg wrote ${outputBytes} bytes to its output`);
  if (code === 0) return Buffer.concat(output);
  if (signal !== null) throw new Error(`ffmpeg was ended by ${signal}; ${killedFor ?? "not by us"}`);
  throw new Error(`ffmpeg ended with ${code}: ${errorText.trim().slice(-toldCharacters)}`);
}

/** Memory that a process holds now, as Linux tells it; 0 where nobody tells. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}
