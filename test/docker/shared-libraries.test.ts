import { expect, test } from "bun:test";
import { parseLdd } from "../../src/docker/shared-libraries.ts";

test("libraries and the loader are found, the kernel's page isn't", () => {
  const output = `\tlinux-vdso.so.1 (0x00007ffc)
\tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f01)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f02)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f03)
`;
  expect(parseLdd(output)).toEqual([
    "/lib/x86_64-linux-gnu/libz.so.1",
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/ld-linux-x86-64.so.2",
  ]);
});

test("a library that is the loader itself is kept under both names", () => {
  const output = `\t/lib/ld-musl-x86_64.so.1 (0x7f01)\n\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f01)\n`;
  expect(parseLdd(output)).toEqual(["/lib/ld-musl-x86_64.so.1", "/lib/libc.musl-x86_64.so.1"]);
});

test("a static program needs nothing", () => {
  expect(parseLdd("\tnot a dynamic executable\n")).toEqual([]);
  expect(parseLdd("\tstatically linked\n")).toEqual([]);
});
