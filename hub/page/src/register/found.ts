/** A register that is searched: its rows, a page at a time, always of what was asked last. */
import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { useAct, whenSettled, type Act } from "@/admin/act";
import { useLatest } from "@/live/latest";

interface Page<T> {
  items: readonly T[];
  next: number | null;
}

export interface Found<T> extends Pick<Act, "busy" | "refused"> {
  /** Null while nothing has come yet. */
  rows: ShallowRef<readonly T[] | null>;
  next: Ref<number | null>;
  /** From the beginning, or on from `next`. */
  load: (after?: number) => Promise<void>;
}

/** `asked`: what the search depends on; some moments after it changes the rows are loaded anew. */
export function useFound<T>(asked: () => unknown, page: (after: number) => Promise<Page<T>>): Found<T> {
  const { busy, refused, act } = useAct();
  const rows = shallowRef<readonly T[] | null>(null);
  const next = ref<number | null>(null);
  const { latest } = useLatest();

  async function load(after = 0): Promise<void> {
    await act(() =>
      latest(
        () => page(after),
        (found) => {
          rows.value = after === 0 ? found.items : [...(rows.value ?? []), ...found.items];
          next.value = found.next;
        },
      ),
    );
  }

  onMounted(() => load());
  whenSettled(asked, load);
  return { busy, refused, rows, next, load };
}
