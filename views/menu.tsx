import { type Child, h, type Markup } from "./h.ts";

interface Menu {
  readonly label: Child;
  /** For readers, when the label alone says too little. */
  readonly about?: string;
  readonly plain?: boolean;
  readonly children: Child;
}

/** A small menu that opens without any script. Its items are links or forms of one button, each `btn plain`. */
export function menu({ label, about, plain, children }: Menu): Markup {
  return (
    <details class="menu">
      <summary class={plain ? "btn plain" : "btn"} aria-label={about}>
        {label}
      </summary>
      <div class="items">{children}</div>
    </details>
  );
}
