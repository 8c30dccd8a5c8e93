import { describe, expect, it } from "@jest/globals";
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

  const refused: [attack: string, url: string][] = [
    ["loopback", "https://127.0.0.1/a.png"],
    ["loopback with a dot", "https://127.0.0.1./a.png"],
    ["loopback as one number", "https://2130706433/a.png"],
    ["loopback in hex", "https://0x7f000001/a.png"],
    ["loopback in dotted hex", "https://0x7f.0x0.0x0.0x1/a.png"],
    ["loopback in octal", "https://0177.0.0.1/a.png"],
    ["loopback shortened", "https://127.1/a.png"],
    ["loopback in full-width digits", "https://１２７.０.０.１/a.png"],
    ["loopback in percent escapes", "https://%31%32%37.0.0.1/a.png"],
    ["loopback with ideographic dots", "https://127。0。0。1/a.png"],
    ["another loopback", "https://127.8.8.8/a.png"],
    ["this network", "https://0.0.0.0/a.png"],
    ["zero shortened", "https://0/a.png"],
    ["private 10", "https://10.0.0.1/a.png"],
    ["private 172", "https://172.16.0.1/a.png"],
    ["private 192", "https://192.168.1.1/a.png"],
    ["carrier", "https://100.64.0.1/a.png"],
    ["metadata address", "https://169.254.169.254/latest/meta-data/"],
    ["metadata address as a number", "https://2852039166/latest/"],
    ["a public address", "https://93.184.216.34/a.png"],
    ["IPv6 loopback", "https://[::1]/a.png"],
    ["IPv6 mapped loopback", "https://[::ffff:127.0.0.1]/a.png"],
    ["IPv6 mapped in hex", "https://[::ffff:7f00:1]/a.png"],
    ["NAT64", "https://[64:ff9b::7f00:1]/a.png"],
    ["6to4", "https://[2002:7f00:1::]/a.png"],
    ["unique local", "https://[fd00:ec2::254]/latest/"],
    ["link local", "https://[fe80::1]/a.png"],
    ["link local with a zone", "https://[fe80::1%25eth0]/a.png"],
    ["metadata name", "https://metadata.google.internal/computeMetadata/v1/"],
    ["metadata name with a dot", "https://metadata.google.internal./computeMetadata/v1/"],
    ["metadata name in capitals", "https://METADATA.GOOGLE.INTERNAL/computeMetadata/v1/"],
    ["metadata short name", "https://metadata/computeMetadata/v1/"],
    ["localhost", "https://localhost/a.png"],
    ["localhost with a dot", "https://localhost./a.png"],
    ["localhost with two dots", "https://localhost../a.png"],
    ["below localhost", "https://app.localhost/a.png"],
    ["multicast name", "https://printer.local/a.png"],
    ["reverse name", "https://1.0.0.127.in-addr.arpa/a.png"],
    ["onion", "https://abcdef.onion/a.png"],
    ["user name", "https://example.com@127.0.0.1/a.png"],
    ["user and password", "https://user:pass@example.com/a.png"],
    ["backslash", "https:\\\\example.com\\a.png"],
    ["backslash before the at sign", "https://example.com\\@127.0.0.1/a.png"],
    ["fragment before the at sign", "https://127.0.0.1#@example.com/a.png"],
    ["another port", "https://example.com:22/a.png"],
    ["plain http", "http://example.com/a.png"],
    ["file", "file:///etc/passwd"],
    ["data", "data:image/png;base64,AAAA"],
    ["gopher", "gopher://example.com/_x"],
    ["ftp", "ftp://example.com/a.png"],
    ["blob", "blob:https://example.com/1"],
    ["script", "javascript:alert(1)"],
    ["no scheme", "//example.com/a.png"],
    ["a tab inside", "https://exam\tple.com/a.png"],
    ["a line break inside", "https://example.com/\r\nHost: internal"],
    ["a leading control character", "\u0001https://example.com/a.png"],
    ["a space", " https://example.com/a.png"],
    ["nothing", ""],
    ["too long", `https://example.com/${"a".repeat(2_048)}`],
  ];
  it.each(refused)("is refused: %s (%s)", (_attack, url) => {
    expect(urlProblem(url)).not.toBeNull();
  });

  it("is tried in at least forty-two hostile forms", () => {
    expect(new Set(refused.map(([, url]) => url)).size).toBeGreaterThanOrEqual(42);
  });
});

describe("an address that a name resolves to", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.127.255.255",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.0.1",
    "198.19.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2001:db8::1",
    "2002:a00:1::",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
    "not an address",
  ])("is private: %s", (address) => {
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
