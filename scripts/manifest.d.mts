export function toManifest(endpoints: object): Record<string, unknown>;
