/** A measured quantity in words: `停留 9 s / 8 s`. */
import type { Measure } from "@/api/types";
import { named } from "@/i18n/words";

import { formatNumber } from "./number";

/** A number and its unit stay on one line. */
const GAP = "\u00a0";

/** What is counted and what is a share both come with the unit 1; these are shares. */
const SHARES: ReadonlySet<string> = new Set(["area", "confidence", "covered", "path", "score", "share"]);

const UNIT_SIGNS: Readonly<Record<string, string>> = { m2: "m²", m3: "m³", "m/s2": "m/s²", "1/s2": "/s²", "1": "", "%": "%" };

function plain(value: number, digits: number): string {
  return formatNumber(value, "en-US", { maximumFractionDigits: digits, useGrouping: false });
}

/** A value with its unit; shares as per cent, long durations in minutes or hours. */
export function formatQuantity(name: string, value: number, unit: string): string {
  if (unit === "s") {
    return formatSeconds(value);
  }
  if (unit === "1" && SHARES.has(name)) {
    return `${plain(value * 100, 1)}%`;
  }
  const sign = UNIT_SIGNS[unit] ?? unit;
  const number = plain(value, Math.abs(value) < 10 ? 2 : 1);
  return sign === "" || sign === "%" ? `${number}${sign}` : `${number}${GAP}${sign}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) {
    return `${plain(seconds, seconds < 10 ? 1 : 0)}${GAP}s`;
  }
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) {
    return minutes > 0 ? `${hours}${GAP}h ${minutes}${GAP}min` : `${hours}${GAP}h`;
  }
  return rest > 0 ? `${minutes}${GAP}min ${rest}${GAP}s` : `${minutes}${GAP}min`;
}

/** The value against its limit: `9 s / 8 s`. */
export function formatAgainstLimit(measure: Measure): string {
  const value = formatQuantity(measure.name, measure.value, measure.unit);
  if (measure.threshold === null || measure.threshold === undefined) {
    return value;
  }
  return `${value} / ${formatQuantity(measure.name, measure.threshold, measure.unit)}`;
}

/** The name and the value against its limit. */
export function formatMeasure(measure: Measure): string {
  return `${named("measure", measure.name)} ${formatAgainstLimit(measure)}`;
}

/** `± 0.4 s`, or nothing where it is not known. */
export function formatUncertainty(measure: Measure): string {
  if (measure.uncertainty === null || measure.uncertainty === undefined) {
    return "";
  }
  return `± ${formatQuantity(measure.name, measure.uncertainty, measure.unit)}`;
}
