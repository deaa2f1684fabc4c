/** The place that the map's address names, in WGS 84: `?at=longitude,latitude`, as the register's links do. */
import { computed, type ComputedRef } from "vue";
import { useRoute } from "vue-router";

import { converted, type Datum } from "./datum";
import type { Bounds } from "./features";

/** Degrees to each side: some hundred metres. */
const AROUND = 0.003;

/** What is shown first for it; null where no place is named. */
export function useAskedBounds(ground: () => Datum): ComputedRef<Bounds | null> {
  const route = useRoute();
  return computed(() => boundsAsked(String(route.query["at"] ?? ""), ground()));
}

export function boundsAsked(said: string, ground: Datum): Bounds | null {
  const [longitude = NaN, latitude = NaN] = said.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) {
    return null;
  }
  const [x, y] = converted([longitude, latitude], "wgs84", ground);
  return [x - AROUND, y - AROUND, x + AROUND, y + AROUND];
}
