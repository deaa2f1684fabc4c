/** Cases that came in since the page was opened and that nobody has looked at here; the last ones only. */
import { shallowReactive } from "vue";

import type { CaseSummary } from "@/api/types";
import { isOver } from "@/format/due";

import { onCaseChange } from "./changes";

const MOST = 1000;

const unseen = shallowReactive(new Map<number, CaseSummary>());

/** By their ids, oldest first. */
export const arrivals: ReadonlyMap<number, CaseSummary> = unseen;

/** Note a case that came in. */
export function noteArrival(item: CaseSummary): void {
  if (isOver(item.state)) {
    unseen.delete(item.id);
    return;
  }
  unseen.set(item.id, item);
  if (unseen.size > MOST) {
    const [oldest] = unseen.keys();
    unseen.delete(oldest ?? 0);
  }
}

/** Somebody has looked at a case. */
export function markSeen(id: number): void {
  unseen.delete(id);
}

/** Follow the changes. Gives back the function that ends it. */
export function followArrivals(): () => void {
  const end = onCaseChange((item, isNew) => {
    if (isNew || unseen.has(item.id)) {
      noteArrival(item);
    }
  });
  return () => {
    end();
    unseen.clear();
  };
}
