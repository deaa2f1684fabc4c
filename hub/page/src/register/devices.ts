/** Devices and households as the registers show them. */
import type { components } from "@/api/schema";
import { currentMe } from "@/session";

export type Device = components["schemas"]["DeviceView"];
export type Household = components["schemas"]["HouseholdView"];

/** Who changes the registers, by the same rule as the hub. */
const KEEPERS: ReadonlySet<string> = new Set(["clerk", "shift_lead", "administrator"]);

export function mayKeep(): boolean {
  return KEEPERS.has(currentMe.value?.role ?? "");
}

export function toneOf(state: Device["state"]): "danger" | "warning" | "good" | undefined {
  switch (state) {
    case "alarm":
      return "danger";
    case "silent":
    case "low_battery":
      return "warning";
    case "ok":
      return "good";
    case "unheard":
      return undefined;
  }
}
