/** What of the map lies in its window, or is selected on it: the same in words stands beside it. */
import { computed, type ComputedRef } from "vue";

import type { CameraView, MapCase } from "@/api/types";
import { allCameras } from "@/live/cameras";

import { isWithin, keyOf, placeOf } from "./features";
import { isCameraSelected, isIn, isSelected, type Selection } from "./selection";
import type { Shown } from "./shown";
import { lastBounds } from "./view";

export interface InView {
  listed: ComputedRef<readonly MapCase[]>;
  camerasHere: ComputedRef<readonly CameraView[]>;
  /** How many cases stand nowhere on the map. */
  unplaced: ComputedRef<number>;
}

export function useInView({ cases, places }: Pick<Shown, "cases" | "places">, selection: () => Selection | null): InView {
  return {
    listed: computed(() => {
      const [picked, bounds] = [selection(), lastBounds.value];
      if (picked !== null) {
        return cases.value.filter((item) => isSelected(item, picked, places.value));
      }
      return bounds === null ? cases.value : cases.value.filter((item) => isIn(item, bounds, places.value));
    }),
    camerasHere: computed(() =>
      allCameras.value.filter((one) => {
        const place = places.value.get(keyOf(one.gateway, one.camera));
        return place !== undefined && (isCameraSelected(one, selection(), places.value) ?? (lastBounds.value === null || isWithin(lastBounds.value, place)));
      }),
    ),
    unplaced: computed(() => cases.value.filter((item) => placeOf(item, places.value) === undefined).length),
  };
}
