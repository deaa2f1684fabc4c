/** The roles that somebody can have here, and names of areas and units, in the reader's language. */
import { computed, type ComputedRef } from "vue";

import type { City } from "@/api/types";
import { currentLocale, named, pick } from "@/i18n/words";
import { useCity } from "@/live/city";

const city = useCity();

export function useRoles(): ComputedRef<City["roles"]> {
  return computed(() => city.value?.roles ?? []);
}

/** Whether one of this role belongs to a unit. */
export function needsUnit(role: string): boolean {
  return useRoles().value.find((one) => one.id === role)?.needs_unit === true;
}

export function roleName(id: string): string {
  const own = city.value?.roles.find((one) => one.id === id)?.name;
  return own == null ? named("role", id) : pick(own);
}

/** Several things in one line, as the reader's language lists them. */
export function listed(words: readonly string[]): string {
  return words.join(currentLocale.value === "zh" ? "、" : ", ");
}
