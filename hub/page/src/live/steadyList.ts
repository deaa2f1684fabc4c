/**
 * A list that stands still under the hand: rows change in place, but none comes, goes or moves until somebody asks for
 * it. What came meanwhile is counted, and so is what is only still there because somebody may be about to press it.
 */
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue";

import type { CaseSummary } from "@/api/types";

export interface SteadyList {
  rows: ComputedRef<readonly CaseSummary[]>;
  /** How many belong in the list and wait to be shown. */
  waiting: ComputedRef<number>;
  /** Rows that do not belong in the list any more. */
  gone: ComputedRef<ReadonlySet<number>>;
  /** Show the list as it is now. */
  refresh: () => void;
  shownIds: Readonly<ShallowRef<readonly number[]>>;
}

/**
 * @param live what belongs in the list at this moment, in its order
 * @param latest how a case stands that is not in `live` any more; null where that is not known
 */
export function useSteadyList(
  live: () => readonly CaseSummary[],
  latest: (id: number) => CaseSummary | null,
): SteadyList {
  const shownIds = shallowRef<readonly number[]>([]);
  const remembered = new Map<number, CaseSummary>();

  const refresh = (): void => {
    const items = live();
    remembered.clear();
    items.forEach((item) => remembered.set(item.id, item));
    shownIds.value = items.map((item) => item.id);
  };

  const byId = computed(() => new Map(live().map((item) => [item.id, item])));
  const rows = computed(() =>
    shownIds.value.flatMap((id) => {
      const item = byId.value.get(id) ?? latest(id) ?? remembered.get(id);
      if (item === undefined) {
        return [];
      }
      remembered.set(id, item);
      return [item];
    }),
  );
  const shown = computed(() => new Set(shownIds.value));
  const waiting = computed(() => live().filter((item) => !shown.value.has(item.id)).length);
  const gone = computed(() => new Set(shownIds.value.filter((id) => !byId.value.has(id))));

  // where nothing stands, nothing can move
  watch(
    () => shownIds.value.length === 0 && live().length > 0,
    (mayFill) => {
      if (mayFill) {
        refresh();
      }
    },
    { immediate: true },
  );
  return { rows, waiting, gone, refresh, shownIds };
}
