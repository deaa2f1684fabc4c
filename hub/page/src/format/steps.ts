/**
 * Where a case stands on the road 抓拍 提取 推送 派单 处置 反馈, and when each step was done.
 *
 * 抓拍 is when the condition began, 提取 the moment of the frame that the event was made from.
 */
import type { CaseDetail, CaseState } from "@/api/types";

export const STEP_NAMES = ["snap", "extract", "push", "dispatch", "handle", "feedback"] as const;
export type StepName = (typeof STEP_NAMES)[number];
export type StepStatus = "done" | "current" | "next" | "stopped";

export interface Step {
  name: StepName;
  status: StepStatus;
  at: string | null;
}

/** Number of steps that are done in each state. */
const DONE: Readonly<Record<CaseState, number>> = {
  reported: 3,
  filed: 3,
  dispatched: 4,
  accepted: 4,
  handled: 5,
  checked: 5,
  closed: 6,
  rejected: 3,
  voided: 3,
  merged: 3,
};

type Facts = Pick<CaseDetail, "state" | "opened_at" | "reported_at" | "log" | "evidence">;

/** States in which the road ends before the work was done. */
const STOPPED: readonly CaseState[] = ["rejected", "voided", "merged"];

function last(log: CaseDetail["log"], ...what: string[]): string | null {
  return log.filter((entry) => what.includes(entry.what)).at(-1)?.at ?? null;
}

/** The six steps. A rework (back to dispatched) reopens handling; a case not filed stops at dispatch. */
export function stepsOf(item: Facts): Step[] {
  const done = DONE[item.state];
  const at: Readonly<Record<StepName, string | null>> = {
    snap: item.opened_at,
    extract: item.evidence.find((piece) => piece.kind === "full")?.captured_at ?? null,
    push: item.reported_at,
    dispatch: last(item.log, "dispatched", "reassigned"),
    handle: last(item.log, "handled"),
    feedback: last(item.log, "closed", "force_closed"),
  };
  return STEP_NAMES.map((name, index) => {
    if (index < done) {
      return { name, status: "done", at: at[name] };
    }
    if (index === done) {
      return { name, status: STOPPED.includes(item.state) ? "stopped" : "current", at: null };
    }
    return { name, status: "next", at: null };
  });
}
