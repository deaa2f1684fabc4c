/** A list that the hub gives page by page; the older ones come when they are asked for. */
import { shallowRef, type ShallowRef } from "vue";

import { HubError } from "@/api/client";

import { askAgainWhenBack } from "./again";
import { useLatest } from "./latest";

export interface HubPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Pages<T> {
  items: Readonly<ShallowRef<readonly T[]>>;
  /** The cursor of the following page; null where this is all. */
  next: Readonly<ShallowRef<string | null>>;
  error: Readonly<ShallowRef<HubError | null>>;
  loaded: Readonly<ShallowRef<boolean>>;
  /** Load the first page anew. */
  reload: () => Promise<void>;
  more: () => Promise<void>;
  /** Show none, and leave alone what is still on its way. */
  clear: () => void;
}

/** `load` gets the cursor, null for the first page. Answers that were overtaken are dropped. */
export function usePages<T>(load: (before: string | null) => Promise<HubPage<T>>): Pages<T> {
  const items = shallowRef<readonly T[]>([]);
  const next = shallowRef<string | null>(null);
  const error = shallowRef<HubError | null>(null);
  const loaded = shallowRef(false);
  const { latest, overtake } = useLatest();
  /** Which page could not be had last. */
  let missed: string | null = null;

  const go = async (before: string | null): Promise<void> => {
    try {
      await latest(
        () => load(before),
        (page) => {
          items.value = before === null ? page.items : [...items.value, ...page.items];
          next.value = page.next;
          error.value = null;
          loaded.value = true;
        },
      );
    } catch (refused) {
      if (!(refused instanceof HubError)) {
        throw refused;
      }
      error.value = refused;
      missed = before;
    }
  };
  askAgainWhenBack(() => error.value, () => void go(missed));
  const clear = (): void => {
    overtake();
    [items.value, next.value, loaded.value] = [[], null, false];
  };
  return { items, next, error, loaded, reload: () => go(null), more: () => go(next.value), clear };
}
