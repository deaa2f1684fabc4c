/** What stands above a form keeps its height while the form is open, so that its changes do not push the form away. */
import { nextTick, onUnmounted, ref, watch, type Ref } from "vue";

/** `isHeld`: whether a form stands below. Gives back the height in pixels; null where it may be what it wants. */
export function useHeldHeight(element: Readonly<Ref<HTMLElement | null>>, isHeld: () => boolean): Readonly<Ref<number | null>> {
  const height = ref<number | null>(null);
  const measure = (): void => {
    height.value = isHeld() ? (element.value?.offsetHeight ?? null) : null;
  };
  /* by one's own hand: in a narrower window the words need more lines */
  const measureAnew = (): void => {
    height.value = null;
    void nextTick(measure);
  };
  // before the page is drawn anew; a form that was open already is found once there is something to measure
  watch([isHeld, element], measure, { flush: "pre", immediate: true });
  window.addEventListener("resize", measureAnew);
  onUnmounted(() => {
    window.removeEventListener("resize", measureAnew);
  });
  return height;
}
