/** The way back from a case: to the list as it was asked for, and to the row of the case that one looked at last. */
import { computed, shallowRef } from "vue";
import type { LocationQuery, RouteLocationRaw } from "vue-router";

const asked = shallowRef<LocationQuery>({});
let looked: number | null = null;

/** The list as one left it. */
export const wayBack = computed<RouteLocationRaw>(() => ({ name: "list", query: asked.value }));

/** Keep which list was asked for, when one leaves it. */
export function keepList(query: LocationQuery): void {
  asked.value = query;
}

/** Keep which case is looked at. */
export function keepCase(id: number): void {
  looked = id;
}

/** The case that one comes back from; once, so that it is a way back and no mark for ever. */
export function takeCase(): number | null {
  const id = looked;
  looked = null;
  return id;
}
