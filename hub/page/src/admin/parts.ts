/** What there is to administer, and for whom: the same rules by which the hub lets people in. */
import { computed } from "vue";

import { currentMe } from "@/session";

export const PARTS = ["people", "areas", "gateways", "models", "duty", "rules", "calendar", "notices", "tokens", "webhooks", "city", "advice"] as const;
export type Part = (typeof PARTS)[number];

type Who = Readonly<{ role: string; area: string }>;

/** Shift leads have a share in these. */
const KEEPERS: ReadonlySet<Part> = new Set(["duty", "notices", "advice"]);
/** They hold in the whole city. */
const WHOLE_CITY: ReadonlySet<Part> = new Set(["rules", "calendar", "city"]);

/** Whether somebody sees the whole city, not only a part of its tree. */
export function isWholeCity(who: Who): boolean {
  return !who.area.includes("/");
}

export function partsFor(who: Who | null): Part[] {
  if (who?.role === "administrator") {
    return PARTS.filter((part) => !WHOLE_CITY.has(part) || isWholeCity(who));
  }
  return who?.role === "shift_lead" ? PARTS.filter((part) => KEEPERS.has(part)) : [];
}

export const myParts = computed(() => partsFor(currentMe.value));
