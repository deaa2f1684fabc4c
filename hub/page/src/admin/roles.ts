/** The roles that somebody can have here. */
import { computed, type ComputedRef } from "vue";

import type { City } from "@/api/types";
import { currentLocale } from "@/i18n/words";
import { useCity } from "@/live/city";

const city = useCity();

export function useRoles(): ComputedRef<City["roles"]> {
  return computed(() => city.value?.roles ?? []);
}

/** Whether one of this role belongs to a unit. */
export function needsUnit(role: string): boolean {
  return useRoles().value.find((one) => one.id === role)?.needs_unit === true;
}

/** Several things in one line, as the reader's language lists them. */
export function listed(words: readonly string[]): string {
  return words.join(currentLocale.value === "zh" ? "、" : ", ");
}
