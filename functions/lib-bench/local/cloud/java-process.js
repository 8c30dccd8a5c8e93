import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
const forceAfterMs = 3_000;
export function startJava(javaArguments) {
    const child = spawn("java", javaArguments, { stdio: ["ignore", "pipe", "pipe"] });
    const pipes = [child.stdout, child.stderr];
    let lastLine = "";
    for (const pipe of pipes) {
        onLine(pipe, (line) => {
            if (line.trim() !== "" && !/^\s+at /.test(line))
                lastLine = line.trim();
        });
    }
    const killAtExit = () => child.kill("SIGKILL");
    process.once("exit", killAtExit);
    let isOver = false;
    const ended = new Promise((resolve) => {
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
            if (isOver)
                return;
            holdEventLoop(child, pipes, true);
            child.kill("SIGTERM");
            const force = setTimeout(() => child.kill("SIGKILL"), forceAfterMs);
            await ended;
            clearTimeout(force);
        },
    };
}
function onLine(pipe, take) {
    createInterface({ input: pipe, crlfDelay: Number.POSITIVE_INFINITY }).on("line", take);
}
function holdEventLoop(child, pipes, hold) {
    const handles = [child, ...pipes.filter((pipe) => pipe instanceof Socket)];
    for (const handle of handles)
        hold ? handle.ref() : handle.unref();
}
//# sourceMappingURL=java-process.js.map