/** How urgent a case's time limit is. */
import type { CaseSummary } from "@/api/types";

export type Urgency = "none" | "calm" | "soon" | "over";

const SOON_MS = 15 * 60 * 1000;
const OVER_STATES: readonly CaseSummary["state"][] = ["closed", "rejected", "voided", "merged"];

/** Whether a case has come to its end. */
export function isOver(state: CaseSummary["state"]): boolean {
  return OVER_STATES.includes(state);
}

/** The clock stops counting once the work is reported done; `soon` begins fifteen minutes before the limit. */
export function urgencyOf(item: Pick<CaseSummary, "due_at" | "state">, now: number): Urgency {
  if (item.due_at === null || isOver(item.state) || item.state === "handled" || item.state === "checked") {
    return "none";
  }
  const left = Date.parse(item.due_at) - now;
  if (left <= 0) {
    return "over";
  }
  return left < SOON_MS ? "soon" : "calm";
}
