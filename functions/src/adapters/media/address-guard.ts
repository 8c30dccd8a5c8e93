import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { hostAllowed, isPrivateAddress } from "../../domain/request/public-url.js";
import { DownloadError } from "../../engine/ports/downloads.js";

export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

/** An address that was checked and may be connected to. */
export interface Target {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
  /** Our own simulator on this machine, reached over plain http. */
  readonly loopback: boolean;
}

export interface TargetRules {
  readonly allowedHosts: readonly string[];
  readonly loopbackHosts: readonly string[];
  readonly resolve: ResolveHost;
}

/** IPv4 first: Cloud Functions cannot connect over IPv6. */
export const resolveHost: ResolveHost = (host) => lookup(host, { all: true, order: "ipv4first" });

/**
 * Checks a URL from a vendor's answer before anything is sent to it. The name is resolved once, and
 * the connection goes to what was checked: a second look-up could give another address.
 */
export async function checkTarget(text: string, rules: TargetRules): Promise<Target> {
  const url = parse(text);
  const loopback = url.protocol === "http:" && isListed(url, rules.loopbackHosts);
  if (!loopback) refuseForeign(url, rules.allowedHosts);
  const addresses = await resolve(url.hostname, rules.resolve);
  if (!loopback && addresses.some(({ address }) => isPrivateAddress(address))) {
    throw new DownloadError("refused", `${url.hostname} leads to a private address`);
  }
  return { url, addresses, loopback };
}

/** A DNS look-up for the connection that answers with the checked addresses and nothing else. */
export function pinnedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (host, options, done) => {
    const [first] = addresses;
    if (first === undefined) done(new Error(`${host} has no address`), "");
    else if (options.all) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new DownloadError("refused", "the provider's answer holds no URL");
  }
}

function isListed(url: URL, hosts: readonly string[]): boolean {
  return hosts.includes(url.hostname) || hosts.includes(url.host);
}

function refuseForeign(url: URL, allowedHosts: readonly string[]): void {
  if (url.protocol !== "https:") throw new DownloadError("refused", `${url.protocol}// is not fetched`);
  if (url.username !== "" || url.password !== "" || url.port !== "") {
    throw new DownloadError("refused", "a file URL holds no user name, password or port");
  }
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0 || !hostAllowed(url.hostname, allowedHosts)) {
    throw new DownloadError("refused", `${url.hostname} is not one of the provider's file hosts`);
  }
}

async function resolve(host: string, resolveName: ResolveHost): Promise<readonly LookupAddress[]> {
  const addresses = await resolveName(host.replace(/^\[|\]$/g, "")).catch(() => []);
  if (addresses.length > 0) return addresses;
  throw new DownloadError("unreachable", `${host} has no address`);
}
