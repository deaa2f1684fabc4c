/** JSON Schema as the gateways' settings use it, and values by their path. */
import type { Point } from "./geometry";

export type Kind = "point" | "points" | "line" | "polygon";

export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  /** Drawn on the picture, in shares of it. */
  readonly shape?: Kind;
}

export interface SceneSchemas {
  readonly scenes: Readonly<Record<string, Schema>>;
  readonly calibration: Schema;
}

export type Path = readonly (string | number)[];
export type Values = Readonly<Record<string, unknown>>;

/** One part of a camera's settings with a schema of its own: a scene, or the calibration. */
export interface Section {
  readonly path: Path;
  readonly schema: Schema;
  readonly value: Values;
}

/** A schema without references and "or nothing"; its own title and default stay. */
export function resolved(schema: Schema, root: Schema): Schema {
  const ref = schema.$ref?.replace("#/$defs/", "");
  if (ref !== undefined) {
    return { ...root.$defs?.[ref], ...schema };
  }
  const some = schema.anyOf?.find((one) => one.type !== "null");
  return some === undefined ? schema : { ...resolved(some, root), ...without(schema, "anyOf") };
}

/** Whether nothing at all is a value, too. */
export function mayBeEmpty(schema: Schema): boolean {
  return schema.anyOf?.some((one) => one.type === "null") === true;
}

function without(schema: Schema, key: keyof Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

export function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number");
}

/** The points of a drawn value; none where it is none. */
export function pointsOf(kind: Kind, value: unknown): Point[] {
  const list: unknown[] = kind === "point" ? [value] : Array.isArray(value) ? value : [];
  return list.filter(isPoint);
}

/** Points as the settings have them. */
export function fromPoints(kind: Kind, points: readonly Point[]): unknown {
  return kind === "point" ? points[0] : points;
}

/** Shapes that a new item must have, each by its key; the item itself where that is one. */
export function requiredShapes(schema: Schema, root: Schema): { key: string | null; kind: Kind }[] {
  const own = resolved(schema, root);
  if (own.shape !== undefined) {
    return [{ key: null, kind: own.shape }];
  }
  return Object.entries(own.properties ?? {}).flatMap(([key, part]) => {
    const { shape } = resolved(part, root);
    return shape !== undefined && own.required?.includes(key) === true ? [{ key, kind: shape }] : [];
  });
}

/** Whether anything in it is drawn. */
export function isDrawn(schema: Schema, root: Schema): boolean {
  const own = resolved(schema, root);
  const parts = [...(own.items === undefined ? [] : [own.items]), ...Object.values(own.properties ?? {})];
  return own.shape !== undefined || parts.some((part) => isDrawn(part, root));
}

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key], value);
}

/** A copy with another value at the path; `undefined` takes the key away. */
export function withAt<T>(whole: T, path: Path, value: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) {
    return value as T;
  }
  const list = Array.isArray(whole) ? [...(whole as unknown[])] : { ...(whole as Record<string, unknown>) };
  const copy = list as Record<string | number, unknown>;
  const next = withAt(copy[key], rest, value);
  if (next !== undefined) {
    copy[key] = next;
  } else if (Array.isArray(list)) {
    list.splice(Number(key), 1);
  } else {
    Reflect.deleteProperty(copy, key);
  }
  return list as T;
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
