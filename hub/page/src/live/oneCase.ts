/** One case in full, kept up to date by the stream. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseDetail } from "@/api/types";

import { tellChange } from "@/queue/changes";

import { onLinkOpen, onStreamEvent } from "./stream";

export interface OneCase {
  item: Readonly<ShallowRef<CaseDetail | null>>;
  error: Readonly<ShallowRef<HubError | null>>;
  /** Take over what a move gave back. */
  put: (item: CaseDetail) => void;
  reload: () => Promise<void>;
}

/** Follow the case whose number `id` gives; null for none. */
export function useCase(id: () => number | null): OneCase {
  const item = shallowRef<CaseDetail | null>(null);
  const error = shallowRef<HubError | null>(null);

  const put = (fetched: CaseDetail): void => {
    const known = item.value;
    if (known?.id === fetched.id && known.log.length > fetched.log.length) {
      return; // an answer that was overtaken by a newer one: a log only grows
    }
    if (fetched.id === id()) {
      item.value = fetched;
      error.value = null;
    }
    tellChange(fetched);
  };

  const reload = async (): Promise<void> => {
    const wanted = id();
    if (wanted === null) {
      item.value = null;
      return;
    }
    try {
      put(await take(hub.GET("/api/cases/{case_id}", { params: { path: { case_id: wanted } } })));
    } catch (refused) {
      if (!(refused instanceof HubError)) {
        throw refused;
      }
      if (wanted === id()) {
        error.value = refused;
      }
    }
  };

  watch(id, () => void reload(), { immediate: true });
  const ends = [
    onLinkOpen(() => void reload()),
    onStreamEvent(({ type, data }) => {
      if (type === "case" && typeof data === "object" && data !== null && "id" in data && data.id === id()) {
        void reload();
      }
    }),
  ];
  onScopeDispose(() => {
    ends.forEach((end) => {
      end();
    });
  });
  return { item, error, put, reload };
}
