/** What somebody has chosen on the map: one thing whose card is shown, or many cases. */
import type { CameraView, MapCase, Thing } from "@/api/types";

import type { Position } from "./datum";
import { covers, isWithin, keyOf, placeOf, positionOf, type Bounds, type Places } from "./features";

export type Chosen =
  | { readonly kind: "case"; readonly id: number }
  | { readonly kind: "camera"; readonly key: string }
  /** Of the hub's one map; its position is in the ground's datum. */
  | { readonly kind: "thing"; readonly thing: Thing };

/** Where it is, in the ground's datum; null where it has no place. */
export function placeOfChosen(one: Chosen | null, cases: readonly MapCase[], places: Places): Position | null {
  switch (one?.kind) {
    case "case": {
      const item = cases.find(({ id }) => id === one.id);
      return item === undefined ? null : (placeOf(item, places) ?? null);
    }
    case "camera":
      return places.get(one.key) ?? null;
    case "thing":
      return positionOf(one.thing);
    default:
      return null;
  }
}

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

/** Whether a camera stands in the part of the ground that is selected; null where cases alone are. */
export function isCameraSelected(camera: CameraView, selection: Selection | null, places: Places): boolean | null {
  switch (selection?.kind) {
    case "area":
      return covers(selection.path, camera.area);
    case "box": {
      const place = places.get(keyOf(camera.gateway, camera.camera));
      return place !== undefined && isWithin(selection.bounds, place);
    }
    default:
      return null;
  }
}

/** Whether a case's camera stands within bounds. */
export function isIn(item: MapCase, bounds: Bounds, places: Places): boolean {
  const place = placeOf(item, places);
  return place !== undefined && isWithin(bounds, place);
}
