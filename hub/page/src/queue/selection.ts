/** Cases that are selected in the list, for one move of them all. */
import { computed, shallowReactive } from "vue";

import type { CaseSummary } from "@/api/types";

import { caseOf, fetchPage } from "./caseQueue";
import type { QueueQuery } from "./groups";

/** The hub makes a move with so many cases at once. */
export const MOST_SELECTED = 200;

type CaseName = Pick<CaseSummary, "id" | "number">;

const chosen = shallowReactive(new Map<number, CaseName>());
let anchor: number | null = null;

export const selected = computed<readonly CaseName[]>(() => [...chosen.values()]);

export function isSelected(id: number): boolean {
  return chosen.has(id);
}

function add(id: number): void {
  const item = caseOf(id);
  if (item !== undefined && chosen.size < MOST_SELECTED) {
    chosen.set(id, item);
  }
}

/** Select a case, or take it out again; the next range begins at it. */
export function toggle(id: number): void {
  anchor = id;
  if (!chosen.delete(id)) {
    add(id);
  }
}

/** Select all from the last one that was touched to this one, in the order of the list. */
export function selectTo(id: number, ids: readonly number[]): void {
  const from = ids.indexOf(anchor ?? id);
  const to = ids.indexOf(id);
  if (from < 0 || to < 0) {
    toggle(id);
    return;
  }
  ids.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(add);
}

/** Select the first ones of the whole list, as many as one move takes. Throws HubError. */
export async function selectAll(asked: QueueQuery): Promise<void> {
  const page = await fetchPage(asked, null, MOST_SELECTED);
  clearSelection();
  page.items.forEach((item) => chosen.set(item.id, item));
}

/** Gives whether there was anything to clear. */
export function clearSelection(): boolean {
  const any = chosen.size > 0;
  chosen.clear();
  anchor = null;
  return any;
}
