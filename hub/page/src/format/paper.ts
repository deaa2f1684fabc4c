/** Whether the page is being printed: paper is read on other days, and nothing on it can be pressed. */
import { readonly, ref } from "vue";

const printing = ref(false);
/** Some browsers say it by an event, some by the media query alone. */
const paper = window.matchMedia("print");

for (const [event, is] of [["beforeprint", true], ["afterprint", false]] as const) {
  window.addEventListener(event, () => {
    printing.value = is;
  });
}
paper.addEventListener("change", () => {
  printing.value = paper.matches;
});

export const isOnPaper = readonly(printing);
