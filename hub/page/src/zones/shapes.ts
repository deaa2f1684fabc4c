/** What is drawn on the picture: found in the settings by their schema, and what may be drawn anew. */
import type { Point } from "./geometry";
import { fromPoints, isDrawn, isValues, mayBeEmpty, pointsOf, requiredShapes, resolved, withAt, type Kind, type Path, type Schema, type Section, type Values } from "./schema";

export type Role = "zone" | "line" | "exception" | "measure";

export interface Shape {
  /** Its path as one word. */
  readonly key: string;
  readonly path: Path;
  readonly kind: Kind;
  readonly role: Role;
  readonly points: readonly Point[];
  /** The value that it belongs to: a zone, a bus stop, or the shape itself. */
  readonly owner: Path;
  /** The owner's name or identifier; else what it is, in the schema's words. */
  readonly name: string;
  readonly title: string;
  /** Which of several it is that have no name and are the same. */
  readonly number?: number;
}

/** Something that can be drawn anew. */
export interface Tool {
  readonly key: string;
  readonly path: Path;
  /** Added to a list, or put where nothing is. */
  readonly appended: boolean;
  readonly parts: readonly { readonly key: string | null; readonly kind: Kind }[];
  readonly item: Schema;
  readonly root: Schema;
  readonly title: string;
}

export function keyOf(path: Path): string {
  return path.join(".");
}

export const LEAST_POINTS: Readonly<Record<Kind, number>> = { point: 1, points: 2, line: 2, polygon: 3 };

/** All shapes of a section, in the order of its settings. */
export function shapesOf(section: Section): Shape[] {
  return numbered(walk(section.schema, section.schema, section.value, section.path, section.path, ""));
}

function numbered(shapes: readonly Shape[]): Shape[] {
  return shapes.map((one) => {
    const alike = shapes.filter(({ name, title }) => name === "" && one.name === "" && title === one.title);
    return alike.length < 2 ? one : { ...one, number: alike.indexOf(one) + 1 };
  });
}

function walk(schema: Schema, root: Schema, value: unknown, path: Path, owner: Path, title: string): Shape[] {
  const own = resolved(schema, root);
  if (value === undefined || value === null) {
    return [];
  }
  if (own.shape !== undefined) {
    const points = pointsOf(own.shape, value);
    return [{ key: keyOf(path), path, kind: own.shape, role: roleOf(path, own.shape), points, owner, name: "", title: own.title ?? title }];
  }
  if (Array.isArray(value) && own.items !== undefined) {
    const { items } = own;
    return value.flatMap((one, place) => {
      const item = [...path, place];
      return walk(items, root, one, item, item, own.title ?? title);
    });
  }
  if (!isValues(value)) {
    return [];
  }
  const name = [value["name"], value["id"]].find((word): word is string => typeof word === "string" && word !== "");
  const found = Object.entries(own.properties ?? {}).flatMap(([key, part]) => walk(part, root, value[key], [...path, key], path.length > owner.length ? path : owner, title));
  return found.map((one) => (name === undefined || one.name !== "" || one.owner !== path ? one : { ...one, name }));
}

function roleOf(path: Path, kind: Kind): Role {
  const list = path.filter((part) => typeof part === "string");
  if (path[0] === "calibration" || kind === "point" || kind === "points") {
    return "measure";
  }
  if (kind === "line") {
    return "line";
  }
  return list.at(-2) === "zones" ? "zone" : "exception";
}

/** What may be drawn in a section; within a zone only in the chosen one. */
export function toolsOf(section: Section, chosen: Shape | null): Tool[] {
  const { schema: root, value, path } = section;
  const ownTools = toolsIn(root, root, value, path);
  if (chosen === null || chosen.owner.length <= path.length) {
    return ownTools;
  }
  const [list, place] = chosen.owner.slice(path.length);
  const items = list === undefined ? undefined : resolved(root.properties?.[list] ?? {}, root).items;
  const owner = isValues(value) && list !== undefined ? (value[list] as unknown[] | undefined)?.[Number(place)] : undefined;
  return items === undefined || !isValues(owner) ? ownTools : [...ownTools, ...toolsIn(items, root, owner, [...path, String(list), Number(place)])];
}

function toolsIn(schema: Schema, root: Schema, value: Values, path: Path): Tool[] {
  return Object.entries(resolved(schema, root).properties ?? {}).flatMap(([name, part]): Tool[] => {
    const own = resolved(part, root);
    const at = [...path, name];
    const made = { key: keyOf(at), path: at, root, title: own.title ?? name };
    if (own.shape === undefined && own.items !== undefined && isDrawn(own.items, root)) {
      return [{ ...made, appended: true, item: own.items, parts: requiredShapes(own.items, root) }];
    }
    const empty = value[name] === undefined || value[name] === null;
    return mayBeEmpty(part) && isDrawn(own, root) && empty ? [{ ...made, appended: false, item: own, parts: requiredShapes(own, root) }] : [];
  });
}

/** Points as they were placed, cut into what the tool's item needs; null while some are missing. */
export function itemOf(tool: Tool, placed: readonly Point[], taken: ReadonlySet<string>): unknown {
  let left = [...placed];
  let item: unknown = {};
  for (const { key, kind } of tool.parts) {
    const count = kind === "polygon" || kind === "points" ? left.length : LEAST_POINTS[kind];
    const own = left.slice(0, count);
    left = left.slice(count);
    if (own.length < LEAST_POINTS[kind]) {
      return null;
    }
    const drawn = fromPoints(kind, own);
    item = key === null ? drawn : withAt(item, [key], drawn);
  }
  const schema = resolved(tool.item, tool.root);
  return schema.required?.includes("id") === true ? { id: freeId(String(tool.path.at(-1)), taken), ...(item as Values) } : item;
}

/** How many points end the drawing by themselves; null where one says so. */
export function fullAt(tool: Tool): number | null {
  const open = tool.parts.some(({ kind }) => kind === "polygon" || kind === "points");
  return open ? null : tool.parts.reduce((sum, { kind }) => sum + LEAST_POINTS[kind], 0);
}

/** `zone-1` of `zones`, or the first number that is free. */
function freeId(list: string, taken: ReadonlySet<string>): string {
  const stem = list.replace(/s$/, "");
  let number = 1;
  while (taken.has(`${stem}-${number}`)) {
    number += 1;
  }
  return `${stem}-${number}`;
}
