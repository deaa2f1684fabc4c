/** Whether another page was asked for and is still on its way: its script may take seconds where the network is slow. */
import { onScopeDispose, ref, type Ref } from "vue";
import type { Router } from "vue-router";

/** What comes sooner needs no word. */
const SOON_MS = 300;

export function useGoing(router: Router): Readonly<Ref<boolean>> {
  const going = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arrive = (): void => {
    clearTimeout(timer);
    going.value = false;
  };
  const ends = [
    router.beforeEach(() => {
      clearTimeout(timer);
      timer = setTimeout(() => { going.value = true; }, SOON_MS);
    }),
    router.afterEach(arrive),
    router.onError(arrive),
    arrive,
  ];
  onScopeDispose(() => {
    ends.forEach((end) => {
      end();
    });
  });
  return going;
}
