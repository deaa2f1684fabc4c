/** What was done, said for some seconds at the foot of the page and to who listens to it. */
import { readonly, ref, watch } from "vue";

import { currentLocale } from "@/i18n/words";

const SHOWN_MS = 6000;
const words = ref("");
let timer: ReturnType<typeof setTimeout> | undefined;

export const saidNow = readonly(words);

export function say(what: string): void {
  words.value = what;
  clearTimeout(timer);
  timer = setTimeout(end, SHOWN_MS);
}

function end(): void {
  words.value = "";
}

// what it was said of is gone, and with it the words in the other language
watch(currentLocale, end, { flush: "sync" });
