import { shortCommit } from "../src/revision.ts";
import { Fragment, h, type Markup } from "./h.ts";

/** The short id in a chip; the whole one on hover. */
export function commitChip(commit: string): Markup {
  return (
    <code class="sha" title={commit}>
      {shortCommit(commit)}
    </code>
  );
}

/** The chip with a button that copies the whole id. */
export function copyableCommit(commit: string): Markup {
  return (
    <>
      {commitChip(commit)}
      {copyButton(commit, `Copy commit ${shortCommit(commit)}`)}
    </>
  );
}

/** Shown only where the page's script runs. */
export function copyButton(text: string, label: string): Markup {
  return (
    <button type="button" class="copy" data-copy={text} aria-label={label} title={label}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path class="sheets" d="M5.5 5.5h7.5v8H5.5zM10.5 5.5v-3H3v8h2.5" />
        <path class="tick" d="m3.5 8.5 3 3 6-7" />
      </svg>
    </button>
  );
}
