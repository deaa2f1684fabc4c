/** Dark or light surface; the choice is remembered, dark is the command centre's default. */
import { ref } from "vue";

export type Theme = "dark" | "light";
const STORAGE_KEY = "sharp-eyes.theme";

const theme = ref<Theme>(localStorage.getItem(STORAGE_KEY) === "light" ? "light" : "dark");

export function useTheme(): Readonly<typeof theme> {
  return theme;
}

/** Put the chosen theme on the document. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme.value;
}

export function toggleTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem(STORAGE_KEY, theme.value);
  applyTheme();
}
