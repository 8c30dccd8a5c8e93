import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A Java program that ends with us: by `stop`, or at the latest when our process exits. */
export interface JavaProcess {
  readonly pid: number | undefined;
  hasEnded(): boolean;
  /** The last line that it printed, lines of a stack trace apart. */
  lastLine(): string;
  /** Asks it to end, forces it after a while, and waits until it is gone. */
  stop(): Promise<void>;
}

const forceAfterMs = 3_000;

export function startJava(javaArguments: readonly string[]): JavaProcess {
  const child = spawn("java", javaArguments, { stdio: ["ignore", "pipe", "pipe"] });
  const pipes = [child.stdout, child.stderr];
  let lastLine = "";
  for (const pipe of pipes) {
    onLine(pipe, (line) => {
      if (line.trim() !== "" && !/^\s+at /.test(line)) lastLine = line.trim();
    });
  }
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    const finish = () => {
      isOver = true;
      process.removeListener("exit", killAtExit);
      resolve();
    };
    child.once("close", finish);
    child.once("error", (error) => {
      lastLine = error.message;
      finish();
    });
  });
  // A program that forgets to stop us can still come to its end, and then takes Java with it.
  holdEventLoop(child, pipes, false);

  return {
    pid: child.pid,
    hasEnded: () => isOver,
    lastLine: () => lastLine,
    async stop() {
      if (isOver) return;
      holdEventLoop(child, pipes, true);
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), forceAfterMs);
      await ended;
      clearTimeout(force);
    },
  };
}

function onLine(pipe: Readable, take: (line: string) => void): void {
  createInterface({ input: pipe, crlfDelay: Number.POSITIVE_INFINITY }).on("line", take);
}

function holdEventLoop(child: ChildProcess, pipes: readonly Readable[], hold: boolean): void {
  const handles = [child, ...pipes.filter((pipe) => pipe instanceof Socket)];
  for (const handle of handles) hold ? handle.ref() : handle.unref();
}
