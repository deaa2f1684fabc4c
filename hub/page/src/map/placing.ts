/** A camera that is being put on the map: its place is kept in the hub's datum and shown in the ground's. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue";

import { t } from "@/i18n/words";

import { converted, type Datum, type Position } from "./datum";

export interface Placing {
  /** In the hub's datum; null while none is being placed. */
  placing: ShallowRef<Position | null>;
  mark: ComputedRef<{ at: Position; label: string } | null>;
  /** Put it at a place of the ground's datum. */
  put: (place: Position) => void;
}

export function usePlacing(datum: () => Datum, ground: () => Datum, name: () => string): Placing {
  const placing = shallowRef<Position | null>(null);
  return {
    placing,
    mark: computed(() => placing.value && { at: converted(placing.value, datum(), ground()), label: t("map.placeMark", { name: name() }) }),
    put: (place) => {
      placing.value = converted(place, ground(), datum());
    },
  };
}
