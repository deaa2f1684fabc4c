/** Asking the hub and doing something there, with its refusal kept for showing. */
import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { HubError } from "@/api/client";

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

/** Load when the component is there, and anew when it is asked for. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const made = useAct();
  const reload = (): Promise<boolean> =>
    made.act(async () => {
      data.value = await load();
    });
  onMounted(reload);
  return { data, reload, ...made };
}
