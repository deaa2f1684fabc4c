/** Weeks and shifts of a roster, in the reader's own time. Pure. */
import type { components } from "@/api/schema";

export type Shift = components["schemas"]["ShiftView"];

/** Midnight of the Monday on or before a day. */
export function mondayOf(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7));
}

export function daysFrom(first: Date, count: number): Date[] {
  return Array.from({ length: count }, (_, ahead) => new Date(first.getFullYear(), first.getMonth(), first.getDate() + ahead));
}

/** Shifts of which some part lies in a day, by their beginning. */
export function shiftsOn<T extends Pick<Shift, "begins_at" | "ends_at">>(shifts: readonly T[], day: Date): T[] {
  const [begin, end] = daysFrom(day, 2).map(Number) as [number, number];
  return shifts.filter((one) => Date.parse(one.begins_at) < end && Date.parse(one.ends_at) > begin);
}

/** What is put on a roster: the same hours on some days of the week, from one day to another. */
export interface Plan {
  /** `2026-11-27`. */
  readonly first: string;
  readonly last: string;
  /** `08:00`; an end that is not after the beginning lies on the following day. */
  readonly begins: string;
  readonly ends: string;
  /** Monday is 0. */
  readonly weekdays: readonly number[];
}

export const MOST_SHIFTS = 500;

export function planned({ first, last, begins, ends, weekdays }: Plan): { begins_at: string; ends_at: string }[] {
  const [from, to] = [at(first, "00:00"), at(last, "00:00")];
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime()) || begins === "" || ends === "") {
    return [];
  }
  const days = Math.round((to.getTime() - from.getTime()) / 86_400_000) + 1;
  return daysFrom(from, Math.max(0, Math.min(days, 7 * MOST_SHIFTS)))
    .filter((day) => weekdays.includes((day.getDay() + 6) % 7))
    .map((day) => {
      const next = daysFrom(day, 2)[1] ?? day;
      return { begins_at: on(day, begins).toISOString(), ends_at: on(ends > begins ? day : next, ends).toISOString() };
    });
}

/** `2026-11-27`, as a field for dates has it. */
export function dayText(day: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function at(day: string, time: string): Date {
  return new Date(`${day}T${time}`);
}

function on(day: Date, time: string): Date {
  return at(dayText(day), time);
}
