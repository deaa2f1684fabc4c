/** What somebody has chosen on the map: one thing whose card is shown, or many cases. */
import type { MapCase } from "@/api/types";

import { covers, isWithin, placeOf, type Bounds, type Places } from "./features";

export type Chosen = { readonly kind: "case"; readonly id: number } | { readonly kind: "camera"; readonly key: string };

export type Selection =
  | { readonly kind: "area"; readonly path: string }
  | { readonly kind: "box"; readonly bounds: Bounds }
  | { readonly kind: "spot" | "view"; readonly ids: ReadonlySet<number> }
  | { readonly kind: "unplaced" };

export function isSelected(item: MapCase, selection: Selection, places: Places): boolean {
  switch (selection.kind) {
    case "area":
      return covers(selection.path, item.area);
    case "box":
      return isIn(item, selection.bounds, places);
    case "unplaced":
      return placeOf(item, places) === undefined;
    default:
      return selection.ids.has(item.id);
  }
}

/** Whether a case's camera stands within bounds. */
export function isIn(item: MapCase, bounds: Bounds, places: Places): boolean {
  const place = placeOf(item, places);
  return place !== undefined && isWithin(bounds, place);
}
