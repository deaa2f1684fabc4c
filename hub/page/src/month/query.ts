/** Which month's report the address asks for, and the cases behind each of its numbers, in the hub's own words. */
import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter, type LocationQueryRaw } from "vue-router";

import type { Formula, HotSpot, OfficeReport, ReportRow } from "@/api/types";

export interface Asked { month: string; area: string }

export function useMonthQuery(now: ComputedRef<string>): { asked: ComputedRef<Asked>; ask: (next: Partial<Asked>) => void } {
  const route = useRoute();
  const router = useRouter();
  const one = (value: unknown): string => (typeof value === "string" ? value : "");
  const asked = computed(() => {
    const month = one(route.query["month"]);
    return { month: /^\d{4}-\d{2}$/.test(month) ? month : now.value, area: one(route.query["area"]) };
  });
  const ask = (next: Partial<Asked>): void => {
    const query = Object.entries({ ...asked.value, ...next }).filter(([, value]) => value !== "");
    void router.replace({ query: Object.fromEntries(query) });
  };
  return { asked, ask };
}

/** A month some months on; negative: before. */
export function monthOn(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const moment = new Date(Date.UTC(year, number - 1 + by, 1));
  return moment.toISOString().slice(0, 7);
}

const rowFacts = (report: OfficeReport, row: ReportRow): LocationQueryRaw => {
  const below = row.by === "area" ? {} : { area: report.area };
  switch (row.by) {
    case "area": return { area: row.key, ...(row.direct ? { direct: "true" } : {}) };
    case "unit": return { ...below, answering: row.key };
    case "scene": return { ...below, scene: row.key };
    case "source": return { ...below, source: row.key };
    case "camera": return { ...below, gateway: row.gateway, camera: row.key };
    default: return below;
  }
};

type Side = Formula["numerator"];
export type Basis = Formula["period"];

/** The cases of a row, by the day that puts them into the month, of which facts are so and others are not. */
export function casesOf(report: OfficeReport, row: ReportRow, basis: Basis, side: Side, isBefore = false): LocationQueryRaw {
  const { first, last } = isBefore ? report.before : report.period;
  return {
    [`${basis}_from`]: first,
    [`${basis}_to`]: last,
    ...rowFacts(report, row),
    fact: side.any_of,
    ...(side.none_of.length > 0 ? { without: side.none_of } : {}),
  };
}

/** Reported cases of the month in one area, and what else is asked of them. */
export function reportedIn(report: OfficeReport, facts: LocationQueryRaw): LocationQueryRaw {
  return { reported_from: report.period.first, reported_to: report.period.last, area: report.area, ...facts };
}

export const casesAt = (report: OfficeReport, spot: HotSpot): LocationQueryRaw => reportedIn(report, { cell: spot.cell });
