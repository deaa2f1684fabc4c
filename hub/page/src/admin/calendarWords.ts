/** What of a working calendar would be another, each change in words. */
import { languageTag, t } from "@/i18n/words";

import { changedDays, changedParts, type CalendarDays } from "./calendarYear";
import { listed } from "./roles";

export function dayWords(day: string): string {
  return new Intl.DateTimeFormat(languageTag.value, { year: "numeric", month: "long", day: "numeric", weekday: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

const NOTHING: CalendarDays = { years: [], weekdays: [], hours: [], holidays: [], swapped: [] };

/** `before`: none where the city has no calendar yet. */
export function calendarChanges(before: CalendarDays | null, after: CalendarDays): string[] {
  const base = before ?? NOTHING;
  const said = { years: after.years.map(String), weekdays: after.weekdays.map((day) => t(`weekday.${day as 1}`)), hours: after.hours };
  return [
    ...changedParts(base, after).map((part) => t(`calendar.part.${part}`, { said: listed(said[part]) })),
    ...changedDays(base, after).map(({ day, kind }) => t("calendar.day", { day: dayWords(day), kind: t(`calendar.kind.${kind}`) })),
  ];
}
