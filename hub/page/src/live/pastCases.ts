/** Cases that are over, page by page, newest first. */
import { watch } from "vue";

import { hub, take } from "@/api/client";
import type { CaseState, CaseSummary, SceneName } from "@/api/types";

import { usePages, type Pages } from "./pages";

export interface PastQuery {
  state: Extract<CaseState, "closed" | "rejected" | "voided" | "merged">;
  scene: SceneName | null;
  words: string;
}

/** Load the cases of a query; null loads none. */
export function usePastCases(query: () => PastQuery | null): Pages<CaseSummary> {
  const pages = usePages(async (before) => {
    const wanted = query();
    return wanted === null
      ? { items: [], next: null }
      : take(hub.GET("/api/cases", { params: { query: { state: [wanted.state], scene: wanted.scene, q: wanted.words, before: before === null ? null : Number(before), limit: 50 } } }));
  });
  watch(
    query,
    (wanted) => {
      pages.clear();
      if (wanted !== null) {
        void pages.reload();
      }
    },
    { immediate: true },
  );
  return pages;
}
