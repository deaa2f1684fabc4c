/** Areas in the order of a tree: each below the one that it lies in. */
export interface Node {
  readonly path: string;
}

/** Siblings keep their order; `depth` counts from the topmost that is there. */
export function treeOrder<T extends Node>(nodes: readonly T[]): (T & { depth: number })[] {
  const paths = new Set(nodes.map(({ path }) => path));
  const above = (path: string): string => path.split("/").slice(0, -1).join("/");
  const below = (top: string, depth: number): (T & { depth: number })[] =>
    nodes.filter(({ path }) => above(path) === top).flatMap((node) => [{ ...node, depth }, ...below(node.path, depth + 1)]);
  return nodes.filter(({ path }) => !paths.has(above(path))).flatMap((node) => [{ ...node, depth: 0 }, ...below(node.path, 1)]);
}

/** A part of a path made of a name: Latin letters, digits and lines; empty where the name has none. */
export function partOf(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}
