/** The views of open cases: which belong in each, and in which order they stand. */
import type { CaseState, CaseSummary, SceneName } from "@/api/types";
import { urgencyOf } from "@/format/due";
import { folded, piecesOf } from "@/format/hits";

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
  /** What is looked for: a number, or words of place, zone, camera or note; empty for all. */
  readonly words: string;
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

/**
 * Whether a case is what is looked for: each word stands in its zone or its camera's name, or is its number in its year.
 * Only the hub reads notes: what is found by them alone comes with the next page, not by itself.
 */
export function isFound(item: CaseSummary, words: string): boolean {
  const text = folded([item.number, item.zone, item.camera_name].join("\n"));
  const count = Number(item.number.split("-").at(-1));
  return piecesOf(words).every((piece) => text.includes(piece) || (/^\d{1,6}$/.test(piece) && Number(piece) === count));
}

/** Negative where `a` stands before `b`. */
export function compare(order: Order, a: CaseSummary, b: CaseSummary): number {
  return order === "newest" ? b.id - a.id : a.rank - b.rank || a.id - b.id;
}
