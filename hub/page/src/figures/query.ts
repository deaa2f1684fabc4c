/** Which figures the address asks for, and the cases behind one of them: in the hub's own words, so that nothing is said twice. */
import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter, type LocationQuery } from "vue-router";

import type { paths } from "@/api/schema";

export type FigureQuery = NonNullable<paths["/api/figures"]["get"]["parameters"]["query"]>;
export type BehindQuery = NonNullable<paths["/api/cases"]["get"]["parameters"]["query"]>;

const FIGURE_KEYS = ["reported_from", "reported_to", "scene", "area", "unit"] as const;
const BEHIND_KEYS = [
  "reported_from", "reported_to", "hour", "area", "direct", "grade", "had_unit", "late_turn", "late", "false_alarm",
  "reworked", "extended", "appeal", "reached", "milestone", "kept", "state", "scene", "gateway", "camera",
] as const;
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

export function useFigureQuery(): { asked: ComputedRef<FigureQuery>; ask: (next: Record<string, string>) => void } {
  const route = useRoute();
  const router = useRouter();
  const asked = computed(() => read(route.query, FIGURE_KEYS) as FigureQuery);
  const ask = (next: Record<string, string>): void => {
    const query = Object.entries({ ...read(route.query, FIGURE_KEYS), ...next }).filter(([, value]) => value !== "");
    void router.replace({ query: Object.fromEntries(query) });
  };
  return { asked, ask };
}

/** The facts that the address names; the hub checks each of them. */
export function useBehindQuery(): ComputedRef<Partial<Record<BehindKey, string>>> {
  const route = useRoute();
  return computed(() => read(route.query, BEHIND_KEYS));
}

/** An address of the hub's with a query. */
export function withQuery(path: string, query: Readonly<Record<string, unknown>>): string {
  const words = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  return `${path}?${words.toString()}`;
}
