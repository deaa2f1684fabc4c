/** Cases that are over, page by page, newest first. */
import { shallowRef, watch, type ShallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseState, CaseSummary, SceneName } from "@/api/types";

export interface PastQuery {
  state: Extract<CaseState, "closed" | "rejected" | "voided" | "merged">;
  scene: SceneName | null;
  words: string;
}

export interface PastCases {
  items: Readonly<ShallowRef<readonly CaseSummary[]>>;
  next: Readonly<ShallowRef<number | null>>;
  error: Readonly<ShallowRef<HubError | null>>;
  more: () => Promise<void>;
}

/** Load the cases of a query; null loads none. */
export function usePastCases(query: () => PastQuery | null): PastCases {
  const items = shallowRef<readonly CaseSummary[]>([]);
  const next = shallowRef<number | null>(null);
  const error = shallowRef<HubError | null>(null);
  let round = 0;

  const load = async (before: number | null): Promise<void> => {
    const wanted = query();
    const mine = ++round;
    if (wanted === null) {
      return;
    }
    try {
      const page = await take(
        hub.GET("/api/cases", {
          params: { query: { state: [wanted.state], scene: wanted.scene, q: wanted.words, before, limit: 50 } },
        }),
      );
      if (mine === round) {
        items.value = before === null ? page.items : [...items.value, ...page.items];
        next.value = page.next === null ? null : Number(page.next);
        error.value = null;
      }
    } catch (refused) {
      if (!(refused instanceof HubError)) {
        throw refused;
      }
      error.value = refused;
    }
  };

  watch(
    query,
    () => {
      items.value = [];
      next.value = null;
      void load(null);
    },
    { immediate: true },
  );
  return { items, next, error, more: () => load(next.value) };
}
