import { describe, expect, test } from "bun:test";
import { TallymanError } from "../../src/error.ts";
import { hostKeyName, parseHostKeyName, parseRemoteUrl } from "../../src/git/remote-url.ts";

describe("a remote URL", () => {
  test.each([
    ["https://github.com/me/shop.git", "https", "github.com", 443, "/me/shop.git", "github.com", null],
    ["HTTPS://GitHub.com:443/me/shop/", "https", "github.com", 443, "/me/shop", "github.com", null],
    [
      "https://git.example.test:8443/a%20b.git",
      "https",
      "git.example.test",
      8443,
      "/a%20b.git",
      "git.example.test:8443",
      null,
    ],
    ["http://10.0.0.5:3000/me/shop", "http", "10.0.0.5", 3000, "/me/shop", "10.0.0.5:3000", null],
    ["http://git.lan/me/shop", "http", "git.lan", 80, "/me/shop", "git.lan:80", null],
    ["ssh://git@github.com/me/shop.git", "ssh", "github.com", 22, "/me/shop.git", "github.com", "github.com"],
    ["ssh://git@Host:2222/~me/a", "ssh", "host", 2222, "~me/a", "host:2222", "[host]:2222"],
    ["git@github.com:me/shop.git", "ssh", "github.com", 22, "me/shop.git", "github.com", "github.com"],
    ["me@10.0.0.5:/srv/a.git", "ssh", "10.0.0.5", 22, "/srv/a.git", "10.0.0.5", "10.0.0.5"],
    ["ssh://git@[2001:db8::1]:2222/a", "ssh", "[2001:db8::1]", 2222, "/a", "[2001:db8::1]:2222", "[2001:db8::1]:2222"],
  ] as const)("is taken apart: %s", (text, transport, host, port, path, credentialHost, hostKey) => {
    expect(parseRemoteUrl(text)).toMatchObject({ transport, host, port, path, credentialHost, hostKeyName: hostKey });
  });

  test("is printed as git takes it", () => {
    expect(parseRemoteUrl("https://GIT.example.test:443//a/b.git/").printable).toBe(
      "https://git.example.test//a/b.git",
    );
    expect(parseRemoteUrl("git@Host:a.git").printable).toBe("git@host:a.git");
    expect(parseRemoteUrl("ssh://me@host:2222/~/a").printable).toBe("ssh://me@host:2222/~/a");
  });

  test("over plain HTTP is another place for a credential than over HTTPS", () => {
    const places = ["https://h.test/a", "http://h.test/a", "https://h.test:8443/a"].map(
      (text) => parseRemoteUrl(text).credentialHost,
    );
    expect(new Set(places).size).toBe(3);
  });

  test.each([
    "",
    "shop",
    "/srv/shop.git",
    "./shop",
    "C:\\shop",
    "file:///srv/shop.git",
    "FILE:///srv/shop.git",
    "git://host/shop.git",
    "ext::sh -c id",
    "ext::sh%20-c%20id",
    "fd::17",
    "ftp://host/a",
    "-oProxyCommand=id",
    "--upload-pack=id",
    "ssh://-oProxyCommand=id/a",
    "ssh://git@-oProxyCommand=id/a",
    "-oProxyCommand=id@host:a",
    "git@-oProxyCommand=id:a",
    "git@host:-oProxyCommand=id",
    "ssh://host/a",
    "host:a",
    "git@host:",
    "ssh://git@host",
    "ssh://git@host/",
    "https://host",
    "https://host/",
    "https:///a",
    "https://host:0/a",
    "https://host:99999/a",
    "https://host:x/a",
    "https://user@host/a",
    "https://user:pass@host/a",
    "https://:pass@host/a",
    "ssh://git:pass@host/a",
    "https://host/a?b=c",
    "https://host/a#b",
    "https://host/a b",
    "https://host/a\nb",
    "https://host/a\u0000",
    "https://host/a%0ab",
    "https://host/a%00",
    "https://host/../a",
    "https://host/%2e%2e/a",
    "git@host:../a",
    "https://ho$(id)st/a",
    "https://host`id`/a",
    "git@host;id:a",
    "git@ho st:a",
    "$(id)@host:a",
    "git@host:a\u200b",
    "https://exa\u202emple.test/a",
    "http://169.254.169.254/latest",
    "http://0xa9fea9fe/latest",
    "http://2852039166/latest",
    "http://[fe80::1]/a",
    "http://[::ffff:169.254.169.254]/a",
    `https://host/${"a".repeat(3000)}`,
  ])("is refused: %j", (text) => {
    expect(() => parseRemoteUrl(text)).toThrow(TallymanError);
    expect(() => parseRemoteUrl(text)).toThrow(/^repository: /);
  });

  test("that holds a password is refused without repeating it", () => {
    expect(() => parseRemoteUrl("https://me:hunter2@host/a")).not.toThrow(/hunter2/);
    expect(() => parseRemoteUrl("https://me:hunter2@host/a")).toThrow(/user name or password/);
  });
});

test("a host key's name has brackets only with a port of its own, both ways", () => {
  expect([hostKeyName("host", 22), hostKeyName("host", 2222), hostKeyName("[::1]", 22)]).toEqual([
    "host",
    "[host]:2222",
    "::1",
  ]);
  expect(parseHostKeyName("[Host]:2222")).toEqual({ host: "host", port: 2222 });
  expect(parseHostKeyName("host:2222")).toEqual({ host: "host", port: 2222 });
  expect(parseHostKeyName("github.com")).toEqual({ host: "github.com", port: 22 });
  expect(["-oX=1", "", "a b", "[h]:0", "[h]:99999"].map(parseHostKeyName)).toEqual([null, null, null, null, null]);
});
