/** How often each thing is measured; medians are shown. */
export const RUNS = 5;

/** The least that can be measured: a server that only answers, on the port of its environment. */
export const BARE_SERVER =
  "Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: () => new Response('ok') });";

export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What a figure is compared with. Missing it is shown, and nothing else. */
export function verdict(figure: number, goal: number): string {
  return figure <= goal ? "met" : "missed";
}

/** One line of the table: a name and what was measured. */
export function showRow(name: string, figures: string): void {
  console.log(`${name.padEnd(46)} ${figures}`);
}
