/** What changed settings make of a camera's past alarms: how many of the wrong ones would be gone, and of the right ones. */
import type { TriedAlarm } from "@/api/types";

export type { TriedAlarm };

export interface PastSummary {
  /** That could be tried, and of these would be raised again. */
  tried: number;
  raised: number;
  /** Would not be raised: judged false, and judged right. */
  falseGone: number;
  rightLost: number;
  untried: number;
}

export function summaryOf(alarms: readonly TriedAlarm[]): PastSummary {
  const count = (fits: (one: TriedAlarm) => boolean): number => alarms.filter(fits).length;
  return {
    tried: count(({ fate }) => fate !== "untried"),
    raised: count(({ fate }) => fate === "raised"),
    falseGone: count(({ fate, verdict }) => fate === "quiet" && verdict === "false"),
    rightLost: count(({ fate, verdict }) => fate === "quiet" && verdict === "confirmed"),
    untried: count(({ fate }) => fate === "untried"),
  };
}
