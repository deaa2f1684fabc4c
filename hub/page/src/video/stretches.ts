/** Where in the past there is video. */
import type { Stretch } from "./messages";

/** Seconds by which a moment may lie beside a stretch and still be in it. */
const NEAR = 0.3;

/** The stretch that a moment lies in; null in a gap. */
export function stretchAt(stretches: readonly Stretch[], moment: number): Stretch | null {
  return stretches.find(([from, until]) => moment >= from - NEAR && moment < until - NEAR) ?? null;
}

/** The nearest moment with video, rather later than earlier; null where there is none at all. */
export function nearest(stretches: readonly Stretch[], moment: number): number | null {
  if (stretchAt(stretches, moment) !== null) {
    return moment;
  }
  const next = stretches.find(([from]) => from > moment);
  const last = stretches.at(-1);
  return next !== undefined ? next[0] : last === undefined ? null : Math.max(last[0], last[1] - 1);
}
