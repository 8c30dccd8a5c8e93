import { parentPort } from "node:worker_threads";
import { encodeMp4 } from "./mp4-encoder.js";
let previous = Promise.resolve();
// One after the other: all encoders of a process write to the same file in the same memory.
parentPort?.on("message", (order) => {
    previous = previous.then(() => answer(order));
});
async function answer({ orderId, clip }) {
    const reply = await encodeMp4(clip).then((bytes) => ({ orderId, bytes }), (error) => ({ orderId, problem: error instanceof Error ? error.message : String(error) }));
    parentPort?.postMessage(reply);
}
//# sourceMappingURL=clip-worker.js.map