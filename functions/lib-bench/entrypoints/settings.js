import { vendors } from "../providers/index.js";
export const regionSetting = {
    name: "REGION",
    type: "string",
    default: "us-central1",
    meaning: "Region of functions and queues.",
};
const ownSettings = [
    {
        name: "ENABLED_PROVIDERS",
        type: "string",
        default: "",
        meaning: `Providers to use, separated by commas, of ${vendors.map((vendor) => vendor.id).join(", ")}. Empty: all. The secrets of the others need not exist.`,
    },
    regionSetting,
    {
        name: "STORAGE_BUCKET",
        type: "string",
        default: "",
        meaning: "Bucket for finished videos. Empty: the project's default bucket.",
    },
    { name: "WELCOME_CREDITS", type: "int", default: "0", meaning: "Credits of a new user." },
    {
        name: "RETENTION_DAYS",
        type: "int",
        default: "90",
        meaning: "Days after which ended jobs are deleted with their files.",
    },
    {
        name: "ENFORCE_APP_CHECK",
        type: "boolean",
        default: "false",
        meaning: "Refuse callers without a valid App Check token.",
    },
    {
        name: "TASKS_SERVICE_ACCOUNT",
        type: "string",
        default: "",
        meaning: "Service account that calls the task functions. Empty: the one that the functions run as.",
    },
    {
        name: "CLOUD_TASKS_ENDPOINT",
        type: "local",
        default: "",
        meaning: "host:port of a local Cloud Tasks server. Empty: Google's.",
    },
    {
        name: "FUNCTIONS_BASE_URL",
        type: "local",
        default: "",
        meaning: "Where tasks reach the functions. Empty: their address in the project and region.",
    },
];
function vendorSettings(vendor) {
    return [
        {
            name: vendor.keyName,
            type: "secret",
            default: "",
            meaning: `API key of ${vendor.label}. Without it ${vendor.label} is left out.`,
        },
        {
            name: vendor.baseUrlName,
            type: "string",
            default: vendor.defaultBaseUrl,
            meaning: `Address of the API of ${vendor.label}.`,
        },
        ...Object.entries(vendor.settings).map(([name, setting]) => ({ name, type: "string", ...setting })),
    ];
}
export const settings = [...vendors.flatMap(vendorSettings), ...ownSettings];
/** The vendors that `ENABLED_PROVIDERS` names; all of them when it is empty. */
export function enabledVendors(list) {
    const names = providerNames(list);
    return names.length === 0 ? vendors : vendors.filter((vendor) => names.includes(vendor.id));
}
export function providerNames(list) {
    return list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
}
/** The same facts in the shape of the README's table. */
export const configurationTable = settings.map((setting) => ({
    name: setting.name,
    needed: setting.type === "secret" ? "one of the keys" : setting.type === "local" ? "local only" : "no",
    default: setting.default,
    meaning: setting.meaning,
}));
//# sourceMappingURL=settings.js.map