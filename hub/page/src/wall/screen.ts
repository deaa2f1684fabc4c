/** A screen that nobody touches: it stays awake, and its pointer goes when nothing moves it. */
import { onMounted, onUnmounted, ref, type Ref } from "vue";

const STILL_MS = 3000;

/** Keep the screen awake while it is in front; a browser that cannot, or a battery that forbids it, is left as it is. */
function useWakeLock(): void {
  let lock: WakeLockSentinel | null = null;
  const hold = async (): Promise<void> => {
    if (document.visibilityState === "visible" && "wakeLock" in navigator) {
      // the page's own settings cannot mend a refusal
      lock = await navigator.wakeLock.request("screen").catch(() => null);
    }
  };
  const onChange = (): void => void hold();
  onMounted(() => {
    document.addEventListener("visibilitychange", onChange);
    void hold();
  });
  onUnmounted(() => {
    document.removeEventListener("visibilitychange", onChange);
    void lock?.release();
  });
}

/** Whether the pointer has stood still for a while. */
function useStillPointer(): Ref<boolean> {
  const still = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onMove = (): void => {
    still.value = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      still.value = true;
    }, STILL_MS);
  };
  onMounted(() => {
    window.addEventListener("pointermove", onMove);
    onMove();
  });
  onUnmounted(() => {
    clearTimeout(timer);
    window.removeEventListener("pointermove", onMove);
  });
  return still;
}

/** `leave` is what the Escape key does: the one way out of a screen without controls. */
export function useScreen(leave: () => void): { still: Readonly<Ref<boolean>> } {
  useWakeLock();
  const onKey = ({ key }: KeyboardEvent): void => {
    if (key === "Escape") {
      leave();
    }
  };
  onMounted(() => {
    window.addEventListener("keydown", onKey);
  });
  onUnmounted(() => {
    window.removeEventListener("keydown", onKey);
  });
  return { still: useStillPointer() };
}
