// What a deployment sets of each function, in the form of functions/test/deployment/manifest.json: what the
// library leaves to the platform is left out, and names stand in their order.

/** Of the endpoints that the functions library, or the official tools, have found. */
export function toManifest(endpoints) {
  const names = Object.keys(endpoints).sort();
  return Object.fromEntries(names.map((name) => [name, withoutDefaults(endpoints[name])]));
}

function withoutDefaults(value) {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  const told = Object.entries(value).filter(([key, member]) => member !== null && key !== "labels");
  return Object.fromEntries(told.map(([key, member]) => [key, withoutDefaults(member)]));
}
