/** Asking the hub and doing something there, with its refusal kept for showing. */
import { computed, onMounted, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";

import { HubError } from "@/api/client";
import { askAgainWhenBack } from "@/live/again";
import { useLatest } from "@/live/latest";

/** While somebody types, the hub is not asked for each letter. */
const SETTLED_MS = 250;

export interface Act {
  busy: Readonly<Ref<boolean>>;
  refused: ShallowRef<HubError | null>;
  /** Gives whether it was done. */
  act: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAct(): Act {
  const running = ref(0);
  const busy = computed(() => running.value > 0);
  const refused = shallowRef<HubError | null>(null);
  const act = async (work: () => Promise<unknown>): Promise<boolean> => {
    running.value += 1;
    refused.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof HubError)) {
        throw error;
      }
      refused.value = error;
      return false;
    } finally {
      running.value -= 1;
    }
  };
  return { busy, refused, act };
}

export interface Loaded<T> extends Act {
  data: ShallowRef<T | null>;
  reload: () => Promise<boolean>;
}

/** Load when the component is there, and anew when it is asked for; an answer to what was asked before is left alone. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const made = useAct();
  const { latest } = useLatest();
  /** Of loading alone: an act that failed is not done by loading. */
  let missed: HubError | null = null;
  const reload = async (): Promise<boolean> => {
    const done = await made.act(() =>
      latest(load, (found) => {
        data.value = found;
      }),
    );
    missed = done ? null : made.refused.value;
    return done;
  };
  onMounted(reload);
  askAgainWhenBack(() => missed, reload);
  return { data, reload, ...made };
}

/** Do something once what is asked for has not changed for some moments. */
export function whenSettled(asked: () => unknown, run: () => unknown): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(asked, () => {
    clearTimeout(timer);
    timer = setTimeout(run, SETTLED_MS);
  });
  onScopeDispose(() => {
    clearTimeout(timer);
  });
}
