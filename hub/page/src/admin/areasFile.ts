/** What a GeoJSON file would make of the areas. Pure; whether it may, the hub says. */
import type { AreaFeature, Areas } from "./areas";

export interface Compared {
  readonly collection: Readonly<Record<string, unknown>>;
  /** Paths or ids. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly retired: readonly string[];
}

type Given = Readonly<{ id?: unknown; geometry?: unknown; properties?: Readonly<Record<string, unknown>> | null }>;

/** Null where the text is no collection of features. */
export function compared(text: string, now: Areas): Compared | null {
  const collection = parsed(text);
  const features = collection?.["features"];
  if (collection === null || collection["type"] !== "FeatureCollection" || !Array.isArray(features)) {
    return null;
  }
  const left = new Map(now.features.map((one) => [one.id, one]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const given of features as Given[]) {
    const known = matching(given, left);
    if (known === undefined) {
      added.push(nameOf(given.properties?.["path"] ?? given.id));
    } else {
      left.delete(known.id);
      if (sameKeys(given) !== sameKeys(known)) {
        changed.push(known.properties.path);
      }
    }
  }
  return { collection, added, changed, retired: [...left.values()].map(({ properties }) => properties.path) };
}

/** By its id; without one by its path, as the hub does. */
function matching(given: Given, left: ReadonlyMap<string, AreaFeature>): AreaFeature | undefined {
  return given.id === undefined || given.id === null
    ? [...left.values()].find(({ properties }) => properties.path === given.properties?.["path"])
    : left.get(nameOf(given.id));
}

function nameOf(value: unknown): string {
  return typeof value === "string" ? value : "?";
}

function sameKeys({ geometry, properties }: Given): string {
  const name = properties?.["name"] as Readonly<Record<string, unknown>> | undefined;
  return JSON.stringify([geometry ?? null, properties?.["path"], name?.["zh"], name?.["en"]]);
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}
