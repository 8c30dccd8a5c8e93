import { Worker } from "node:worker_threads";
import { workerCode } from "./worker-code.js";
export function createEncoderThread() {
    const waiting = new Map();
    let starting;
    let lastOrderId = 0;
    let isClosed = false;
    function failAll(error) {
        for (const order of waiting.values())
            order.reject(error);
        waiting.clear();
    }
    async function start() {
        const code = await workerCode(new URL("./clip-worker.js", import.meta.url));
        // The encoder prints its whole source when it crashes; the error event says enough.
        const worker = new Worker(code, { stderr: true });
        worker.stderr.resume();
        worker.on("message", (reply) => {
            const order = waiting.get(reply.orderId);
            waiting.delete(reply.orderId);
            if ("bytes" in reply)
                order?.resolve(Buffer.from(reply.bytes));
            else
                order?.reject(new Error(`the clip could not be encoded: ${reply.problem}`));
        });
        worker.on("error", failAll);
        worker.on("exit", () => {
            starting = undefined;
            failAll(new Error("the encoder ended before the clip was done"));
        });
        return worker;
    }
    return {
        async encode(clip) {
            if (isClosed)
                throw new Error("the encoder is closed");
            starting ??= start();
            const worker = await starting;
            lastOrderId += 1;
            const order = { orderId: lastOrderId, clip };
            return new Promise((resolve, reject) => {
                waiting.set(order.orderId, { resolve, reject });
                worker.postMessage(order);
            });
        },
        async close() {
            isClosed = true;
            const worker = await starting?.catch(() => undefined);
            await worker?.terminate();
        },
    };
}
//# sourceMappingURL=encoder-thread.js.map