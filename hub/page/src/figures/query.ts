/** Which figures the address asks for, and the cases behind one of them: in the hub's own words, so that nothing is said twice. */
import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter, type LocationQuery } from "vue-router";

import type { paths } from "@/api/schema";
import type { City } from "@/api/types";

export type FigureQuery = NonNullable<paths["/api/figures"]["get"]["parameters"]["query"]>;
export type BehindQuery = NonNullable<paths["/api/cases"]["get"]["parameters"]["query"]>;

const FIGURE_KEYS = ["reported_from", "reported_to", "scene", "area", "unit"] as const;
const BEHIND_KEYS = [
  "reported_from", "reported_to", "hour", "area", "direct", "grade", "had_unit", "late_turn", "late", "false_alarm",
  "reworked", "extended", "appeal", "reached", "milestone", "kept", "state", "scene", "source", "gateway", "camera", "due_from", "due_to",
  "weekday", "cell", "answering",
] as const;
const UNIT_KEYS = ["unit", "had_unit", "answering"] as const;
const BEHIND_LISTS = ["fact", "without"] as const;
export type BehindKey = (typeof BEHIND_KEYS)[number];

/** Of the address: only what is known, one value each. */
function read(query: LocationQuery, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = query[key];
      return typeof value === "string" && value !== "" ? [[key, value]] : [];
    }),
  );
}

/** What an address asks for: days that are none, or one of the two alone, ask for the usual ones. */
export function figureQueryOf(query: LocationQuery): Record<string, string> {
  const { reported_from: from = "", reported_to: to = "", ...others } = read(query, FIGURE_KEYS);
  return isDay(from) && isDay(to) && from <= to ? { ...others, reported_from: from, reported_to: to } : others;
}

/** What of an address names nothing that the city has: figures of it would be noughts that look like figures. */
export function unknownOf(asked: Partial<Record<"area" | (typeof UNIT_KEYS)[number], string | null>>, city: City | null): string[] {
  if (city === null) {
    return [];
  }
  const { area } = asked;
  return [
    ...(area && !city.areas.some((one) => one.path === area) ? [area] : []),
    ...UNIT_KEYS.flatMap((key) => asked[key] ?? []).filter((unit) => unit !== "" && !city.units.some((one) => one.id === unit)),
  ];
}

function isDay(words: string): boolean {
  const moment = new Date(`${words}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(words);
}

export function useFigureQuery(): { asked: ComputedRef<FigureQuery>; ask: (next: Record<string, string>) => void } {
  const route = useRoute();
  const router = useRouter();
  const asked = computed(() => figureQueryOf(route.query) as FigureQuery);
  const ask = (next: Record<string, string>): void => {
    const query = Object.entries({ ...figureQueryOf(route.query), ...next }).filter(([, value]) => value !== "");
    void router.replace({ query: Object.fromEntries(query) });
  };
  return { asked, ask };
}

export type Behind = Partial<Record<BehindKey, string>> & Partial<Record<(typeof BEHIND_LISTS)[number], string[]>>;

/** The facts that the address names; the hub checks each of them. */
export function useBehindQuery(): ComputedRef<Behind> {
  const route = useRoute();
  return computed(() => ({ ...read(route.query, BEHIND_KEYS), ...readLists(route.query) }));
}

function readLists(query: LocationQuery): Record<string, string[]> {
  return Object.fromEntries(
    BEHIND_LISTS.flatMap((key) => {
      const values = [query[key] ?? []].flat().filter((value): value is string => value !== null && value !== "");
      return values.length === 0 ? [] : [[key, values]];
    }),
  );
}

/** An address of the hub's with a query. */
export function withQuery(path: string, query: Readonly<Record<string, unknown>>): string {
  const words = new URLSearchParams(Object.entries(query).flatMap(([key, value]) => [value].flat().map((one) => [key, String(one)])));
  return `${path}?${words.toString()}`;
}
