/** How many of a row's entries stand beside each other, measured: words, counts and the room beside them are never the same. */
import { nextTick, onMounted, onUnmounted, readonly, ref, watch, type Ref } from "vue";

export interface Room {
  /** How many entries fit; what is left lies behind the row's last child. */
  room: Readonly<Ref<number>>;
  /** All entries have to stand in the row now, for a moment that nobody sees. */
  measuring: Readonly<Ref<boolean>>;
}

/** `looks` changes where an entry's width may. The row itself must be as wide as its surroundings let it, whatever stands in it. */
export function useRoom(row: Readonly<Ref<HTMLElement | null>>, looks: () => string): Room {
  const room = ref(Number.POSITIVE_INFINITY);
  const measuring = ref(false);
  let width = -1;

  async function measure(): Promise<void> {
    measuring.value = true;
    await nextTick();
    const widths = [...(row.value?.children ?? [])].map((child) => child.getBoundingClientRect().width);
    room.value = fitting(widths.slice(0, -1), widths.at(-1) ?? 0, row.value?.clientWidth ?? 0);
    measuring.value = false;
  }

  const observer = new ResizeObserver(([entry]) => {
    const next = entry?.contentRect.width ?? 0;
    if (next !== width) {
      width = next;
      void measure();
    }
  });
  onMounted(() => {
    if (row.value !== null) {
      observer.observe(row.value);
    }
  });
  onUnmounted(() => {
    observer.disconnect();
  });
  watch(looks, measure);
  return { room: readonly(room), measuring: readonly(measuring) };
}

/** How many of the entries fit into a width, where the button for what is left over (`more`) has to stand beside them. */
export function fitting(widths: readonly number[], more: number, width: number): number {
  const total = (count: number): number => widths.slice(0, count).reduce((sum, one) => sum + one, 0);
  if (total(widths.length) <= width) {
    return widths.length;
  }
  return Math.max(0, widths.findIndex((_one, index) => total(index + 1) + more > width));
}
