/** A camera's live picture: asked for every few seconds, and only while it can be seen. */
import { hubPath } from "@/api/base";
import { onMounted, onUnmounted, ref, type Ref } from "vue";

const EVERY_MS = 3000;

/** Refresh `url` while `frame` is on the screen, the tab is in front and `isLive`. A failed picture keeps the last. */
export function useSnapshot(
  frame: Readonly<Ref<HTMLElement | null>>,
  url: () => string | null,
  isLive: () => boolean,
): { source: Readonly<Ref<string | null>> } {
  const source = ref<string | null>(null);
  let inView = false;
  let loading = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const refresh = async (): Promise<void> => {
    const address = url();
    const wanted = inView && document.visibilityState === "visible" && (isLive() || source.value === null);
    if (address === null || loading || !wanted) {
      return;
    }
    loading = true;
    try {
      const answer = await fetch(hubPath(address), { cache: "no-store" });
      if (answer.ok) {
        show(URL.createObjectURL(await answer.blob()));
      }
    } catch {
      // the connection banner says it already; the next round asks again
    } finally {
      loading = false;
    }
  };

  const show = (next: string | null): void => {
    if (source.value !== null) {
      URL.revokeObjectURL(source.value);
    }
    source.value = next;
  };

  const observer = new IntersectionObserver((entries) => {
    inView = entries.some((entry) => entry.isIntersecting);
    void refresh();
  });

  onMounted(() => {
    if (frame.value !== null) {
      observer.observe(frame.value);
    }
    timer = setInterval(() => void refresh(), EVERY_MS);
  });
  onUnmounted(() => {
    observer.disconnect();
    clearInterval(timer);
    show(null);
  });
  return { source };
}
