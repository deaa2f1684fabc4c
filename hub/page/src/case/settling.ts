/** Buttons that have changed by themselves take no click for a moment: it was aimed at what stood there before. */
import { onUnmounted, ref, watch, type Ref } from "vue";

const SETTLE_MS = 800;

export interface Settling {
  settling: Readonly<Ref<boolean>>;
  /** Do something after which other buttons may stand here, by one's own hand: these can be clicked at once. */
  byHand: (act: () => void) => void;
}

/** `standing`: which buttons stand there now, in their order. */
export function useSettling(standing: () => string): Settling {
  const settling = ref(false);
  let settled: ReturnType<typeof setTimeout> | undefined;
  let ownAct = false;
  watch(standing, () => {
    if (!ownAct) {
      settling.value = true;
      clearTimeout(settled);
      settled = setTimeout(() => {
        settling.value = false;
      }, SETTLE_MS);
    }
    ownAct = false;
  });
  onUnmounted(() => {
    clearTimeout(settled);
  });
  function byHand(act: () => void): void {
    const before = standing();
    act();
    ownAct = standing() !== before;
  }
  return { settling, byHand };
}
