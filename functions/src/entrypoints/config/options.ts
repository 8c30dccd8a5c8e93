import { setGlobalOptions } from "firebase-functions/options";
import { region, secrets } from "./parameters.js";

// Every function builds the same runtime, so every one needs the keys. Imported before any function
// is declared, since options that are set later do not reach it.
setGlobalOptions({ region, secrets, memory: "512MiB", maxInstances: 100 });
