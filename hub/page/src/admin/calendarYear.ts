/** The days of a working calendar as they are shown and changed. Pure; a day is `2026-10-01` whatever the reader's time zone. */
import type { components } from "@/api/schema";
import { daysAfter } from "@/whistle/week";

type Schemas = components["schemas"];
export type CalendarDays = Schemas["CalendarDays"];
export type CalendarTrial = Schemas["CalendarTrial"];

/** `off` and `worked` are what somebody said; the two others follow from the day of the week. */
export type DayKind = "plain" | "weekend" | "off" | "worked";

export interface DayChange {
  readonly day: string;
  readonly kind: DayKind;
}

/** Where a city has none yet: usual hours, this year and the coming one. */
export function firstCalendar(year: number): CalendarDays {
  return { years: [year, year + 1], weekdays: [1, 2, 3, 4, 5], hours: ["09:00-12:00", "13:30-17:30"], holidays: [], swapped: [] };
}

/** 1 is Monday. */
export const weekdayOf = (day: string): number => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

export function kindOf(calendar: CalendarDays, day: string): DayKind {
  if (calendar.swapped.includes(day)) {
    return "worked";
  }
  if (!calendar.weekdays.includes(weekdayOf(day))) {
    return "weekend";
  }
  return calendar.holidays.includes(day) ? "off" : "plain";
}

export function withDay(calendar: CalendarDays, day: string, kind: DayKind): CalendarDays {
  const without = (days: readonly string[]): string[] => days.filter((one) => one !== day);
  const holidays = without(calendar.holidays);
  const swapped = without(calendar.swapped);
  return { ...calendar, holidays: kind === "off" ? [...holidays, day].sort() : holidays, swapped: kind === "worked" ? [...swapped, day].sort() : swapped };
}

const OTHER: Readonly<Record<DayKind, DayKind>> = { plain: "off", off: "plain", weekend: "worked", worked: "weekend" };

/** A day at work becomes one off, a weekend's one at work, and back. */
export function toggled(calendar: CalendarDays, day: string): CalendarDays {
  return withDay(calendar, day, OTHER[kindOf(calendar, day)]);
}

/** Days that somebody said otherwise, in their order. */
export function changedDays(before: CalendarDays, after: CalendarDays): DayChange[] {
  const said = new Set([...before.holidays, ...before.swapped, ...after.holidays, ...after.swapped]);
  return [...said]
    .sort()
    .map((day) => ({ day, kind: kindOf(after, day) }))
    .filter(({ day, kind }) => kindOf({ ...before, weekdays: after.weekdays }, day) !== kind);
}

const PLAIN = ["years", "weekdays", "hours"] as const;
/** What beside single days is another. */
export function changedParts(before: CalendarDays, after: CalendarDays): (typeof PLAIN)[number][] {
  return PLAIN.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
}

/** What was changed here, made anew on the calendar as somebody else left it. */
export function rebasedDays(base: CalendarDays, mine: CalendarDays, theirs: CalendarDays): CalendarDays {
  const parts = Object.fromEntries(changedParts(base, mine).map((part) => [part, mine[part]]));
  return changedDays(base, mine).reduce((made, { day, kind }) => withDay(made, day, kind), { ...theirs, ...parts });
}

/** A year without its days: those off are found in the notice, and are put in by hand. */
export function withYear(calendar: CalendarDays, year: number): CalendarDays {
  return { ...calendar, years: [...new Set([...calendar.years, year])].sort((one, other) => one - other) };
}

/** The days of each month, and how many of a week's go before its first. */
export function monthsOf(year: number): { month: number; before: number; days: string[] }[] {
  return Array.from({ length: 12 }, (_, index) => {
    const first = `${year}-${String(index + 1).padStart(2, "0")}-01`;
    const length = new Date(Date.UTC(year, index + 1, 0)).getUTCDate();
    return { month: index + 1, before: weekdayOf(first) - 1, days: Array.from({ length }, (_, ahead) => daysAfter(first, ahead)) };
  });
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 };
/** The day to which a key leads; it stays within the year. */
export function dayByKey(day: string, key: string): string | null {
  const step = STEPS[key];
  const next = step === undefined ? null : daysAfter(day, step);
  return next?.slice(0, 4) === day.slice(0, 4) ? next : null;
}

/** `09:00-12:00, 13:30-17:30`, however somebody set them apart. */
export const hoursIn = (text: string): string[] => text.split(/[\s,，、;；]+/).filter((one) => one !== "").map((one) => one.replace(/[–—~～至]/g, "-"));
