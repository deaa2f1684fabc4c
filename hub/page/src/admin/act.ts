/** Asking the hub and doing something there, with its refusal kept for showing. */
import { onMounted, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";

import { HubError } from "@/api/client";

/** While somebody types, the hub is not asked for each letter. */
const SETTLED_MS = 250;

export interface Act {
  busy: Readonly<Ref<boolean>>;
  refused: ShallowRef<HubError | null>;
  /** Gives whether it was done. */
  act: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAct(): Act {
  const busy = ref(false);
  const refused = shallowRef<HubError | null>(null);
  const act = async (work: () => Promise<unknown>): Promise<boolean> => {
    busy.value = true;
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
      busy.value = false;
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
  let round = 0;
  const reload = (): Promise<boolean> => {
    const mine = ++round;
    return made.act(async () => {
      const found = await load();
      if (mine === round) {
        data.value = found;
      }
    });
  };
  onMounted(reload);
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
