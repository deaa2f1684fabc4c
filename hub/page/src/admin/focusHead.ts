/** Where what had the focus is gone, the part's head has it: who works by keys goes on there, not at the top of the page. */
import { nextTick } from "vue";

export async function focusHead(): Promise<void> {
  await nextTick();
  if (document.activeElement === document.body) {
    document.querySelector<HTMLElement>(".parts__part h1[tabindex]")?.focus();
  }
}
