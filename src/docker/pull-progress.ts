/** One line of a pull's answer. */
export interface PullStatus {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

const SHOWN_EVERY_MS = 500;

/** Sums a pull's layers up to one line a person can follow: `downloading 12.3 of 45.0 MB, 3 of 7 layers done`. */
export class PullProgress {
  readonly #show: (text: string) => void;
  readonly #layers = new Map<string, { current: number; total: number; done: boolean }>();
  #shownAt = 0;
  #shown = "";

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  show(line: PullStatus, nowMs: number): void {
    if (line.id && line.status) this.#note(line.id, line.status, line.progressDetail);
    if (nowMs - this.#shownAt < SHOWN_EVERY_MS) return;
    const text = this.#layers.size > 0 ? this.#summary() : (line.status ?? "");
    if (text === "" || text === this.#shown) return;
    this.#shownAt = nowMs;
    this.#shown = text;
    this.#show(text);
  }

  #note(id: string, status: string, detail: PullStatus["progressDetail"]): void {
    if (!/^[0-9a-f]{12}$/.test(id)) return;
    const layer = this.#layers.get(id) ?? { current: 0, total: 0, done: false };
    const downloading = status === "Downloading" ? detail : undefined;
    this.#layers.set(id, {
      current: downloading?.current ?? layer.current,
      total: downloading?.total ?? layer.total,
      done: layer.done || status === "Pull complete" || status === "Already exists",
    });
  }

  #summary(): string {
    const layers = [...this.#layers.values()];
    const sum = (of: (layer: { current: number; total: number }) => number) =>
      (layers.reduce((total, layer) => total + of(layer), 0) / 1e6).toFixed(1);
    const done = layers.filter((layer) => layer.done).length;
    return `downloading ${sum((layer) => layer.current)} of ${sum((layer) => layer.total)} MB, ${done} of ${layers.length} layers done`;
  }
}
