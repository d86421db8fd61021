import { describe, expect, test } from "bun:test";
import { stackPage, stackPieces } from "../../../views/stack/stack-page.tsx";
import { CONTEXT, sampleStatus, sampleSummary } from "../sample.ts";
import { failedStack } from "../sample-states.ts";

const KEY = "ssh-ed25519 AAAA tallyman-shop";
const extra = { publicKey: KEY, unknownHost: null, dependencies: { api: ["db"] }, holds: [], pinnedTo: null };
const page = (view: Parameters<typeof stackPieces>[1]) => stackPage(CONTEXT, { ...view, live: "/live" }).toString();

describe("the page of a stack", () => {
  test("consists of the very pieces that the live stream sends", () => {
    const view = { ...failedStack, ...extra };
    for (const piece of stackPieces(CONTEXT, view)) {
      expect(page(view)).toContain(piece.html);
      expect(piece.html).toContain(` id="${piece.target.slice(1)}"`);
    }
  });

  test("shows the deploy key until a poll proved it", () => {
    const status = sampleStatus("shop", { lastGoodPollAt: null });
    expect(page({ ...sampleSummary("shop", { status }), ...extra })).toContain(KEY);
    expect(page({ ...sampleSummary("shop"), ...extra })).not.toContain(KEY);
  });

  test("asks for the host key before anything else", () => {
    const unknownHost = { host: "forge.example", keys: [{ type: "ssh-ed25519", fingerprint: "SHA256:abc" }] };
    const html = page({ ...failedStack, ...extra, unknownHost });
    expect(html.indexOf("Is this the right server?")).toBeLessThan(html.indexOf("Services"));
  });

  test("says what will be where nothing is yet", () => {
    const html = page({
      ...sampleSummary("shop", { status: sampleStatus("shop", { services: [] }), deployments: [] }),
      ...extra,
    });
    expect(html).toContain("Services appear here");
    expect(html).toContain("None yet. The first one begins");
  });
});
