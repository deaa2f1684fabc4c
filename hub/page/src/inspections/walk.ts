/**
 * A walk through a checklist as this phone knows it. Photos go into the queue when they are taken; results stay here,
 * also when the page is closed, until they are handed in.
 */
import { computed, ref, shallowRef, toRaw, watch, type ComputedRef, type Ref } from "vue";

import { hub, take } from "@/api/client";
import type { CheckItem, InspectionBody, InspectionItem } from "@/api/types";
import { forget, keep, kept } from "@/live/keep";
import { newKey, nextOrder } from "@/live/outbox";
import { inspectionLasting, inspectionPhotoLasting } from "@/live/pendingMoves";
import { whereNow } from "@/phone/here";
import { currentMe } from "@/session";

export type Result = NonNullable<InspectionItem["result"]>;
export const RESULTS: readonly Result[] = ["pass", "fail", "not_applicable"];

export interface Found {
  result: Result | null;
  note: string;
  /** Keys of photos, which are their ids at the hub. */
  photos: string[];
}

export interface Draft {
  key: string;
  /** The place of all that belongs to it in the queue. */
  which: number;
  name: string;
  items: readonly CheckItem[];
  found: Record<string, Found>;
  step: number;
}

export interface Walk {
  draft: Ref<Draft | null>;
  loaded: Ref<boolean>;
  /** Items that lack a result or a photo. */
  missing: ComputedRef<CheckItem[]>;
  begin: () => Promise<void>;
  addPhoto: (item: string, file: Blob) => Promise<void>;
  send: () => Promise<void>;
}

export function isDone(item: CheckItem, found: Found | undefined): boolean {
  const result = found?.result ?? null;
  return result !== null && (!item.photo || result === "not_applicable" || (found?.photos.length ?? 0) > 0);
}

export function bodyOf(draft: Draft): InspectionBody {
  return {
    items: draft.items.flatMap(({ id }) => {
      const { result, note, photos } = draft.found[id] ?? { result: null, note: "", photos: [] };
      return result === null ? [] : [{ item: id, result, note: note.trim(), photos: result === "not_applicable" ? [] : [...photos] }];
    }),
  };
}

/** The walk through these premises: the one that was begun on this phone, or a new one. */
export function useWalk(premises: number, recheck: boolean): Walk {
  const draft = ref<Draft | null>(null);
  const loaded = shallowRef(false);
  const me = (): string => currentMe.value?.username ?? "";
  const place = `inspection of ${premises}${recheck ? " again" : ""} by ${me()}`;
  void kept("shown", place).then((found) => {
    draft.value = (found as Draft | undefined) ?? null;
    loaded.value = true;
  });
  watch(
    draft,
    (now) => {
      if (now !== null) {
        void keep("shown", place, plain(now));
      }
    },
    { deep: true },
  );
  const missing = computed(() => (draft.value?.items ?? []).filter((item) => !isDone(item, draft.value?.found[item.id])));

  async function begin(): Promise<void> {
    const made = await take(hub.POST("/api/inspections", { params: { header: { "idempotency-key": newKey() } }, body: { premises, recheck } }));
    const found = Object.fromEntries(made.items.map(({ id }) => [id, { result: null, note: "", photos: [] }]));
    draft.value = { key: made.key, which: -nextOrder(), name: made.premises_name, items: made.items, found, step: 0 };
  }

  async function addPhoto(item: string, file: Blob): Promise<void> {
    const now = draft.value;
    if (now !== null) {
      const key = await inspectionPhotoLasting(me(), now.which, now.key, file, await whereNow());
      now.found[item]?.photos.push(key);
    }
  }

  async function send(): Promise<void> {
    const now = draft.value;
    if (now !== null && missing.value.length === 0) {
      await inspectionLasting(me(), now.which, now.key, now.name, bodyOf(now));
      draft.value = null;
      await forget("shown", place);
    }
  }

  return { draft, loaded, missing, begin, addPhoto, send };
}

/** What a disk takes: nothing that watches. */
function plain(draft: Draft): Draft {
  return JSON.parse(JSON.stringify(toRaw(draft))) as Draft;
}
