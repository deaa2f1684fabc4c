/** What was done, said for some seconds at the foot of the page and to who listens to it. */
import { readonly, ref } from "vue";

const SHOWN_MS = 6000;
const words = ref("");
let timer: ReturnType<typeof setTimeout> | undefined;

export const saidNow = readonly(words);

export function say(what: string): void {
  words.value = what;
  clearTimeout(timer);
  timer = setTimeout(() => {
    words.value = "";
  }, SHOWN_MS);
}
