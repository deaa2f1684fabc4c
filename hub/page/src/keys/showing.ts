/** Which of the keyboard's own windows is open. */
import { ref } from "vue";

export const showing = ref<"keys" | "palette" | null>(null);
