/** How a month's report is said: shares, times, formulas, and what its rows are called. */
import type { Fact, Formula, HotSpot, ReportRow, Share } from "@/api/types";
import { formatQuantity } from "@/format/measure";
import { named, t } from "@/i18n/words";
import { cameraName } from "@/live/cameras";
import { areaName, sceneName, unitName } from "@/live/city";

/** `93.72%` as the hub rounded it; a dash where there is nothing to divide by. */
export const percentWords = (share: Share): string => (share.percent === null ? "–" : `${share.percent}%`);

export const secondsWords = (seconds: number | null): string => (seconds === null ? "–" : formatQuantity("time", seconds, "s"));

export const factWords = (facts: readonly Fact[]): string => facts.map((fact) => named("fact", fact)).join(t("month.or"));

/** One side of a formula, such as `due without extended`. */
export function sideWords({ any_of: facts, none_of: others }: Formula["numerator"]): string {
  return others.length === 0 ? factWords(facts) : t("month.without", { facts: factWords(facts), without: factWords(others) });
}

export const formulaWords = (formula: Formula): string => t("month.formula", { top: sideWords(formula.numerator), bottom: sideWords(formula.denominator) });

/** What a row is of. */
export function rowName(row: ReportRow): string {
  switch (row.by) {
    case "area": return row.direct ? t("figures.onlyHere", { area: areaName(row.key) }) : areaName(row.key);
    case "unit": return unitName(row.key);
    case "scene": return sceneName(row.key);
    case "source": return named("source", row.key);
    case "camera": return cameraName({ gateway: row.gateway ?? "", camera: row.key });
    default: return areaName(row.key);
  }
}

/** Where a place with many cases is: what its latest case says, else its camera, else its area. */
export function spotName(spot: HotSpot): string {
  if (spot.place !== "") {
    return spot.place;
  }
  return spot.camera === null || spot.gateway === null ? areaName(spot.area) : `${areaName(spot.area)} · ${cameraName({ gateway: spot.gateway, camera: spot.camera })}`;
}

/** How a share moved, in points: `+1.62`; nothing where one of the two is unknown. */
export function changeWords(now: Share, before: Share): string {
  if (now.percent === null || before.percent === null) {
    return "";
  }
  const points = (Number(now.percent) - Number(before.percent)).toFixed(2);
  return Number(points) > 0 ? `+${points}` : points;
}

/** Whether a share moved the good way; null where it did not move. */
export function isBetter(formula: Formula, now: Share, before: Share): boolean | null {
  const change = Number(changeWords(now, before));
  return change === 0 ? null : change > 0 === (formula.better === "high");
}
