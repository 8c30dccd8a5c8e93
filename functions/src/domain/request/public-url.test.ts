import { describe, expect, it } from "@jest/globals";
import { hostileUrls, privateAddresses } from "../__fixtures__/hostile-urls.js";
import { hostAllowed, isPrivateAddress, urlProblem } from "./public-url.js";

describe("an image URL from a stranger", () => {
  const allowed = [
    "https://example.com/a.png",
    "https://EXAMPLE.com/a.png",
    "https://example.com:443/a.png",
    "https://cdn.example.co.uk/path/a.png?signature=abc&expires=1",
    "https://bücher.example/a.png",
    "https://example.com./a.png",
    "https://example.com/@user/a.png",
    "https://example.com/a.png#part",
    "https://10-0-0-1.example.com/a.png",
    "https://localhost.example.com/a.png",
  ];
  it.each(allowed)("is allowed: %s", (url) => {
    expect(urlProblem(url)).toBeNull();
  });

  it.each(hostileUrls)("is refused: %s (%s)", (_attack, url) => {
    expect(urlProblem(url)).not.toBeNull();
  });

  it("is tried in at least forty-two hostile forms", () => {
    expect(new Set(hostileUrls.map(([, url]) => url)).size).toBeGreaterThanOrEqual(42);
  });
});

describe("an address that a name resolves to", () => {
  it.each([...privateAddresses, "not an address"])("is private: %s", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(["8.8.8.8", "93.184.216.34", "172.32.0.1", "192.169.0.1", "2606:4700:4700::1111"])(
    "is public: %s",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

describe("an output host", () => {
  it.each([
    ["files.example.com", [".example.com"], true],
    ["FILES.example.com", [".example.com"], true],
    ["example.com", [".example.com"], false],
    ["evilexample.com", [".example.com"], false],
    ["files.example.com.evil.test", [".example.com"], false],
    ["example.com", ["example.com"], true],
    ["files.example.com", ["example.com"], false],
    ["files.example.com", [], false],
  ])("%s against %j is allowed: %p", (host, list, expected) => {
    expect(hostAllowed(host, list)).toBe(expected);
  });
});
