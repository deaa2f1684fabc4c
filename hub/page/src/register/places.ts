/** The register of places: its kinds' words and facts, what a form says of one, and files that are taken in. Pure. */
import type { AnyDatum, City, Place, PlaceBody, PlaceKind } from "@/api/types";
import { pick, t } from "@/i18n/words";

export type Fact = Place["facts"][string];
type Field = PlaceKind["fields"][number];

export const DATUMS = ["wgs84", "gcj02", "bd09"] as const satisfies readonly AnyDatum[];

export function kindOf(city: City | null, id: string): PlaceKind | null {
  return city?.place_kinds.find((kind) => kind.id === id) ?? null;
}

/** A kind's name; its identifier where the city pack has it no longer. */
export function placeKindName(city: City | null, id: string): string {
  const kind = kindOf(city, id);
  return kind === null ? id : pick(kind.name);
}

/** A fact as it is read, with its unit. */
export function factWords(field: Pick<Field, "unit">, fact: Fact): string {
  if (typeof fact === "boolean") {
    return t(fact ? "places.yes" : "places.no");
  }
  return field.unit === "" ? String(fact) : `${fact} ${field.unit}`;
}

/** What is known of a place, by its kind's fields in their order. */
export function factsOf(kind: PlaceKind | null, facts: Readonly<Record<string, unknown>>): { id: string; name: string; words: string }[] {
  return (kind?.fields ?? []).flatMap((field) => {
    const fact = facts[field.id];
    return fact === undefined || fact === null ? [] : [{ id: field.id, name: pick(field.name), words: factWords(field, fact as Fact) }];
  });
}

/** What a form holds: everything as it is typed. */
export interface Draft {
  kind: string;
  number: string;
  name: string;
  longitude: string;
  latitude: string;
  datum: AnyDatum | "";
  facts: Record<string, string>;
}

/** A form for a place, or an empty one; stored positions are WGS 84. */
export function draftOf(place: Place | null, kind: string): Draft {
  if (place === null) {
    return { kind, number: "", name: "", longitude: "", latitude: "", datum: "", facts: {} };
  }
  const { longitude, latitude, facts } = place;
  const typed = Object.fromEntries(Object.entries(facts).map(([id, fact]) => [id, String(fact)]));
  return { kind: place.kind, number: place.number, name: place.name, longitude: longitude.toFixed(7), latitude: latitude.toFixed(7), datum: "wgs84", facts: typed };
}

/** What is sent; null while nothing says the datum. */
export function bodyOf(draft: Draft, kind: PlaceKind | null): PlaceBody | null {
  if (draft.datum === "") {
    return null;
  }
  const typed = (kind?.fields ?? []).map(({ id }) => [id, draft.facts[id] ?? ""] as const);
  const facts = Object.fromEntries(typed.filter(([, fact]) => fact !== ""));
  return { ...draft, datum: draft.datum, longitude: Number(draft.longitude), latitude: Number(draft.latitude), facts };
}

export function formOf(fileName: string): "csv" | "geojson" {
  return /\.(geo)?json$/i.test(fileName) ? "geojson" : "csv";
}

/** A file's text: spreadsheet programs of China still write GB 18030. */
export function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw error;
    }
    return new TextDecoder("gb18030").decode(bytes);
  }
}
