/** What one did, to be undone and done again. */
import { computed, ref, shallowRef, type ComputedRef, type ShallowRef } from "vue";

const MOST = 200;

export interface Timeline<T> {
  readonly now: Readonly<ShallowRef<T>>;
  readonly canUndo: ComputedRef<boolean>;
  readonly canRedo: ComputedRef<boolean>;
  /** Steps of one name that follow each other, such as those of a drag, are one. */
  step: (next: T, name?: string) => void;
  undo: () => void;
  redo: () => void;
  /** The next step is another one, whatever its name. */
  pause: () => void;
  /** Begin anew, without a past. */
  reset: (value: T) => void;
}

export function useTimeline<T>(first: T): Timeline<T> {
  const now = shallowRef(first) as ShallowRef<T>;
  const past = shallowRef<readonly T[]>([]);
  const future = shallowRef<readonly T[]>([]);
  const running = ref<string | null>(null);

  return {
    now,
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    step(next, name) {
      if (name === undefined || name !== running.value) {
        past.value = [...past.value.slice(1 - MOST), now.value];
      }
      running.value = name ?? null;
      future.value = [];
      now.value = next;
    },
    undo() {
      const before = past.value.at(-1);
      if (past.value.length > 0) {
        future.value = [now.value, ...future.value];
        past.value = past.value.slice(0, -1);
        now.value = before as T;
        running.value = null;
      }
    },
    redo() {
      const [next, ...rest] = future.value;
      if (future.value.length > 0) {
        past.value = [...past.value, now.value];
        future.value = rest;
        now.value = next as T;
        running.value = null;
      }
    },
    pause() {
      running.value = null;
    },
    reset(value) {
      now.value = value;
      past.value = [];
      future.value = [];
      running.value = null;
    },
  };
}
