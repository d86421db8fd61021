import type { Path } from "./tree.ts";

interface Node<Rule> {
  rule?: Rule;
  readonly next: Map<string, Node<Rule>>;
}

/**
 * Looks rules up by path; `*` in a pattern stands for any one key or index. A literal key wins over `*`.
 * Patterns are written with dots: `services.*.ports.*.target`.
 */
export function pathTable<Rule>(rules: Readonly<Record<string, Rule>>): (path: Path) => Rule | undefined {
  const root: Node<Rule> = { next: new Map() };
  for (const [pattern, rule] of Object.entries(rules)) {
    let node = root;
    for (const key of pattern.split(".")) {
      const next: Node<Rule> = node.next.get(key) ?? { next: new Map() };
      node.next.set(key, next);
      node = next;
    }
    node.rule = rule;
  }
  return (path) => find(root, path, 0);
}

function find<Rule>(node: Node<Rule>, path: Path, depth: number): Rule | undefined {
  const key = path[depth];
  if (key === undefined) return node.rule;
  for (const next of [node.next.get(key), node.next.get("*")]) {
    const found = next && find(next, path, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
