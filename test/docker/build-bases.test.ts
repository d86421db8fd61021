import { expect, test } from "bun:test";
import { baseImages } from "../../src/docker/build-bases.ts";

test("every stage's image is one, earlier stages and scratch are none", () => {
  const dockerfile =
    "FROM r.test/a:1 AS one\nRUN x\nfrom --platform=linux/amd64 b AS two\nFROM one\nFROM scratch\nCOPY --from=one / /\n";
  expect(baseImages(dockerfile, {})).toEqual(["r.test/a:1", "b"]);
});
test("arguments before the first stage are filled in, given ones before their defaults", () => {
  const dockerfile = 'ARG TAG="1"\nARG HOST=r.test\nFROM ${HOST}/a:$TAG\nFROM b:${OTHER:-2}\n';
  expect(baseImages(dockerfile, {})).toEqual(["r.test/a:1", "b:2"]);
  expect(baseImages(dockerfile, { TAG: "3" })).toEqual(["r.test/a:3", "b:2"]);
});
test("a name that hangs on what nobody gave is left to the builder", () =>
  expect(baseImages("ARG TAG\nFROM a:$TAG\nFROM $BASE\n", {})).toEqual([]));
test("a line may go on in the next one", () => expect(baseImages("FROM \\\n  a:1 \\\n AS x\n", {})).toEqual(["a:1"]));
test("what is copied from, mounted from or reads the Dockerfile is one too", () => {
  const dockerfile = `# escape=x
# syntax=docker/dockerfile:1
FROM a AS one
COPY --from=tools:2 /x /x
COPY --chown=1 --from=one /x /x
COPY --from=0 /x /x
RUN --mount=type=bind,from=files:3,target=/f ls
`;
  expect(baseImages(dockerfile, {})).toEqual(["docker/dockerfile:1", "a", "tools:2", "files:3"]);
});
test("a comment further down names nothing", () =>
  expect(baseImages("FROM a\n# syntax=b\n#FROM c\n", {})).toEqual(["a"]));
