import { BlockList, isIP } from "node:net";

/** Longest URL that every vendor takes (Runway docs, read 2026-11-21: 2,048 characters). */
const maxUrlLength = 2_048;

// One list per family: in a shared list ::ffff:0:0/96 would match every IPv4 address (Node 20.20).
const blockedIpv4 = new BlockList();
const blockedIpv6 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  blockedIpv4.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32],
  ["2001:20::", 28],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  blockedIpv6.addSubnet(network, prefix, "ipv6");
}

const reservedSuffixes = [
  "localhost",
  "local",
  "internal",
  "intranet",
  "lan",
  // Another name of the metadata server (Compute Engine docs, read 2026-11-21).
  "metadata.goog",
  "home.arpa",
  "in-addr.arpa",
  "ip6.arpa",
  "onion",
  "invalid",
];

/** Is this address one that a stranger's URL must never reach? */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return family === 4 ? blockedIpv4.check(address, "ipv4") : blockedIpv6.check(address, "ipv6");
}

/**
 * Why a URL from outside may not be fetched or handed to a vendor, or `null` when it may.
 * The name is not resolved here: whoever fetches checks every address again and connects to the
 * checked one.
 */
export function urlProblem(text: string): string | null {
  if (text.length > maxUrlLength) return `must be at most ${maxUrlLength} characters`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "must be a URL such as https://example.com/image.png";
  }
  if (url.protocol !== "https:") return "must start with https://";
  // One slash or three are mended here, and read as something else by other parsers.
  if (!/^https:\/\/[^/]/i.test(text)) return "must start with https:// and the name of a host";
  if (/[\s\\\u0000-\u001f\u007f]/.test(text))
    return "must not hold spaces, backslashes or control characters";
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (url.port !== "") return "must use the standard https port";
  const host = url.hostname.replace(/\.+$/, "");
  if (host.startsWith("[") || isIP(host) !== 0) return "must name a host, not an address";
  if (!host.includes(".")) return "must be a public host";
  if (reservedSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))) {
    return "must be a public host";
  }
  return null;
}

/** Does a host match an allow-list entry? A leading dot matches sub-domains. */
export function hostAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase();
  return allowed.some((entry) =>
    entry.startsWith(".") ? name.endsWith(entry) && name.length > entry.length : name === entry,
  );
}
