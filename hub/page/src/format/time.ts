/** Moments and durations in words, in the reader's zone and language. */
import { languageTag, t } from "@/i18n/words";

import { isOnPaper } from "./paper";

const TIME: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
const DATE: Intl.DateTimeFormatOptions = { month: "2-digit", day: "2-digit" };
const OPTIONS = { time: TIME, date: DATE, dateOfAYear: { ...DATE, year: "numeric" } } as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs far more than using one. */
function format(kind: keyof typeof OPTIONS): Intl.DateTimeFormat {
  const key = `${languageTag.value} ${kind}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(languageTag.value, OPTIONS[kind]);
  formats.set(key, made);
  return made;
}

/** `14:03:09` for today, `11-20 14:03:09` in the local manner for another day; the year only if it is another, or on paper. */
export function formatMoment(iso: string, now: number): string {
  const moment = new Date(iso);
  const today = new Date(now);
  const time = format("time").format(moment);
  if (isOnPaper.value) {
    return `${format("dateOfAYear").format(moment)} ${time}`;
  }
  if (moment.toDateString() === today.toDateString()) {
    return time;
  }
  const sameYear = moment.getFullYear() === today.getFullYear();
  const date = format(sameYear ? "date" : "dateOfAYear").format(moment);
  return `${date} ${time}`;
}

/** `14:03:09`, of seconds since the Unix epoch. */
export function formatClock(moment: number): string {
  return format("time").format(moment * 1000);
}

/** `1:23:45`, or with days in front from 24 hours on. */
export function formatCountdown(milliseconds: number): string {
  const all = Math.floor(Math.abs(milliseconds) / 1000);
  const days = Math.floor(all / 86_400);
  const hours = Math.floor((all % 86_400) / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = `${hours}:${two(minutes)}:${two(all % 60)}`;
  return days > 0 ? t("due.days", { n: days, time }) : time;
}

/** How long ago, in the largest fitting unit; from a day on the moment itself. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) {
    return t("ago.seconds", { n: seconds });
  }
  if (seconds < 3600) {
    return t("ago.minutes", { n: Math.floor(seconds / 60) });
  }
  if (seconds < 86_400) {
    return t("ago.hours", { n: Math.floor(seconds / 3600) });
  }
  return formatMoment(iso, now);
}
