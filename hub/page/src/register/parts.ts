/** The registers, and who sees which: the same rules by which the hub lets people in. */
import { computed } from "vue";

import { currentMe } from "@/session";

export const PARTS = ["premises", "devices", "households", "sponsors", "places"] as const;
export type Part = (typeof PARTS)[number];

const OFFICE: ReadonlySet<string> = new Set(["clerk", "dispatcher", "shift_lead", "leader", "administrator"]);
const SEEN_BY: Readonly<Record<Part, ReadonlySet<string>>> = {
  premises: OFFICE,
  devices: OFFICE,
  households: OFFICE,
  sponsors: OFFICE,
  places: OFFICE,
};

export function partsFor(role: string | undefined): Part[] {
  return role === undefined ? [] : PARTS.filter((part) => SEEN_BY[part].has(role));
}

export const myParts = computed(() => partsFor(currentMe.value?.role));
