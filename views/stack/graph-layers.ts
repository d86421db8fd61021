export type Dependencies = Readonly<Record<string, readonly string[]>>;

/**
 * Services in layers: who waits stands above whom it waits for, as high as it can. Names that are only waited for count too; a circle
 * (which Compose refuses, but a page must survive) is cut.
 */
export function graphLayers(dependencies: Dependencies): readonly (readonly string[])[] {
  const names = [...new Set([...Object.keys(dependencies), ...Object.values(dependencies).flat()])].sort();
  const depths = new Map<string, number>();
  const depthOf = (name: string, above: readonly string[]): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const waiting = names.filter((other) => dependencies[other]?.includes(name) && !above.includes(other));
    const depth = Math.max(0, ...waiting.map((other) => depthOf(other, [...above, name]) + 1));
    depths.set(name, depth);
    return depth;
  };
  const deepest = Math.max(-1, ...names.map((name) => depthOf(name, [])));
  return Array.from({ length: deepest + 1 }, (_, depth) => names.filter((name) => depths.get(name) === depth));
}
