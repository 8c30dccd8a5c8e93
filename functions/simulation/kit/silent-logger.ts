import type { Logger } from "../../src/engine/ports/logger.js";

const nothing = () => undefined;

/** For what is measured or tested without a look at its log. */
export const silentLogger: Logger = { info: nothing, warn: nothing, error: nothing };
