/** What the hub says, made of the examples in its own document, with the times of those moved to now. */
import document from "@/api/openapi.json?raw";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
}

const { components: parts } = JSON.parse(document) as { components: { schemas: Record<string, Schema> } };
/** The moment that the examples take for now. */
const THEN = Date.parse("2026-03-01T08:00:00Z");
const MOMENT = /^2026-\d\d-\d\dT[\d:.]+Z$/;
const TYPICAL: Readonly<Record<string, unknown>> = { integer: 7, number: 7, boolean: false };

/** An object of a schema, with some fields of one's own. */
export function example<N extends keyof Schemas>(name: N, own: Partial<Schemas[N]> = {}): Schemas[N] {
  return Object.assign({}, made(parts.schemas[name] ?? {}, name), own) as Schemas[N];
}

/** Several of a schema, numbered where they have a number, each with the fields that `own` gives it. */
export function examples<N extends keyof Schemas>(name: N, ...own: Partial<Schemas[N]>[]): Schemas[N][] {
  return own.map((one, index) => example(name, { ...(parts.schemas[name]?.properties?.["id"]?.type === "integer" ? { id: index + 1 } : {}), ...one }));
}

function made(schema: Schema, name: string): unknown {
  if (schema.examples !== undefined) {
    return moved(schema.examples[0]);
  }
  if (schema.$ref !== undefined) {
    const next = schema.$ref.split("/").at(-1) ?? "";
    return made(parts.schemas[next] ?? {}, name);
  }
  if (schema.anyOf !== undefined) {
    const isOptional = schema.anyOf.some(({ type }) => type === "null");
    return isOptional && schema.default !== undefined ? null : made(schema.anyOf[0] ?? {}, name);
  }
  const plain = schema.const ?? schema.enum?.[0] ?? schema.default;
  if (plain !== undefined && plain !== null) {
    return plain;
  }
  if (schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(schema.properties).map(([field, of]) => [field, made(of, field)]));
  }
  if (schema.type === "array") {
    return (schema.prefixItems ?? [schema.items ?? {}]).map((of) => made(of, name));
  }
  if (schema.type === "string") {
    return schema.format === "date-time" || name.endsWith("_at") ? new Date().toISOString() : name;
  }
  return schema.type === "object" ? {} : (TYPICAL[schema.type ?? ""] ?? null);
}

function moved(value: unknown): unknown {
  if (typeof value === "string" && MOMENT.test(value)) {
    return new Date(Date.parse(value) - THEN + Date.now()).toISOString();
  }
  if (Array.isArray(value)) {
    return value.map(moved);
  }
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([field, one]) => [field, moved(one)])) : value;
}
