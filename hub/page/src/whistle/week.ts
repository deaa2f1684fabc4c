/** Weeks of whistles by their Mondays, and a list's cases by the units that are to report in. Pure. */
import type { components } from "@/api/schema";

export type WhistleWeek = components["schemas"]["WhistleWeekView"];
export type WhistleList = WhistleWeek["lists"][number];
export type ListedCase = WhistleList["cases"][number];
export type ListedTurn = ListedCase["turns"][number];

/** A day so many days after another, both as `2026-03-02`: by the calendar, whatever the reader's time zone. */
export function daysAfter(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** A list's cases by unit, the units in the order in which they come. */
export function byUnit(cases: readonly ListedCase[]): [ListedTurn, { one: ListedCase; turn: ListedTurn }[]][] {
  const found = new Map<string, [ListedTurn, { one: ListedCase; turn: ListedTurn }[]]>();
  for (const one of cases) {
    for (const turn of one.turns) {
      const known = found.get(turn.unit) ?? [turn, []];
      known[1].push({ one, turn });
      found.set(turn.unit, known);
    }
  }
  return [...found.values()];
}
