import { expect, test } from "bun:test";
import { operationText } from "../../../views/deployment/operation-text.ts";

test.each([
  ["start-container", "service:api:2", "start api 2"],
  ["pull-image", "image:forge.example:5000/api:3.3", "pull forge.example:5000/api:3.3"],
  ["create-network", "network:default", "create network default"],
  ["signal-container", "service:web:1", "signal container web 1"],
])("%s of %s reads %s", (kind, resource, text) => {
  expect(operationText({ kind, resource })).toBe(text);
});
