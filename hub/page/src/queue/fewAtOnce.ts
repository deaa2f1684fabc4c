/** Things that are dear to draw, so many new ones a frame: a list that is opened at once would hold the page up. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from "vue";

/** Those of `wanted` that are to be drawn: what is drawn already, and from the head on the next `most` in every frame. */
export function fewAtOnce<T>(wanted: Readonly<{ value: readonly T[] }>, keyOf: (one: T) => number, most: number): Readonly<ShallowRef<readonly T[]>> {
  const drawn = shallowRef<readonly T[]>([]);
  let frame = 0;

  function draw(): void {
    cancelAnimationFrame(frame);
    const there = new Set(drawn.value.map(keyOf));
    let fresh = 0;
    drawn.value = wanted.value.filter((one) => {
      fresh += there.has(keyOf(one)) ? 0 : 1;
      return there.has(keyOf(one)) || fresh <= most;
    });
    if (fresh > most) {
      frame = requestAnimationFrame(draw);
    }
  }

  watch(wanted, draw, { immediate: true });
  onScopeDispose(() => {
    cancelAnimationFrame(frame);
  });
  return drawn;
}
