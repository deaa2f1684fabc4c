/** The views of open cases: which belong in each, and in which order they stand. */
import type { CaseState, CaseSummary, SceneName } from "@/api/types";
import { urgencyOf } from "@/format/due";

export const OPEN_STATES = ["reported", "filed", "dispatched", "accepted", "handled", "checked"] as const;
export const GROUPS = ["open", "new", "handling", "check", "overdue"] as const;
export type Group = (typeof GROUPS)[number];

/** `rank`: the gravest first, of these whose limit ends first, then the oldest. */
export const ORDERS = ["rank", "newest"] as const;
export type Order = (typeof ORDERS)[number];

const GROUP_STATES: Readonly<Record<Exclude<Group, "overdue">, readonly CaseState[]>> = {
  open: OPEN_STATES,
  new: ["reported", "filed"],
  handling: ["dispatched", "accepted"],
  check: ["handled", "checked"],
};

/** What a list of open cases shows. */
export interface QueueQuery {
  readonly group: Group;
  readonly scene: SceneName | null;
  readonly order: Order;
}

export function statesOf(group: Group): CaseState[] {
  return [...GROUP_STATES[group === "overdue" ? "open" : group]];
}

type Sorted = Pick<CaseSummary, "state" | "due_at"> & { readonly scene: SceneName | null };

/** Whether a case belongs in a list at a moment (milliseconds by the hub's clock). */
export function belongs(item: Sorted, query: Pick<QueueQuery, "group" | "scene">, now: number): boolean {
  const inGroup = query.group === "overdue" ? urgencyOf(item, now) === "over" : GROUP_STATES[query.group].includes(item.state);
  return inGroup && (query.scene === null || item.scene === query.scene);
}

/** Negative where `a` stands before `b`. */
export function compare(order: Order, a: CaseSummary, b: CaseSummary): number {
  return order === "newest" ? b.id - a.id : a.rank - b.rank || a.id - b.id;
}
