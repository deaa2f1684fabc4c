/** How figures are said: counts, shares, times, and what was never measured. */
import { formatQuantity } from "@/format/measure";
import { formatNumber } from "@/format/number";
import { languageTag, t } from "@/i18n/words";

import type { Row } from "./rows";

/** `8.3%`; not measured where it is a share of nothing. */
export function shareWords(count: number, of: number): string {
  return of === 0 ? t("figures.notMeasured") : formatNumber(count / of, languageTag.value, { style: "percent", maximumFractionDigits: 1 });
}

/** A figure as it stands in a table or on its bar: a count, a count with its share, or how long. */
export function valueWords(value: number | null, of: number | undefined, seconds: boolean): string {
  if (value === null) {
    return t("figures.notMeasured");
  }
  if (seconds) {
    return formatQuantity("time", Math.round(value), "s");
  }
  const count = formatNumber(value, languageTag.value, {});
  return of === undefined ? count : `${count} · ${shareWords(value, of)}`;
}

export const nowWords = (row: Row, seconds = false): string => valueWords(row.now, row.of, seconds);
export const beforeWords = (row: Row, seconds = false): string => valueWords(row.before, row.beforeOf, seconds);
