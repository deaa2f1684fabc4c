/** A place that somebody reports. */
import type { Position } from "@/map/datum";

export interface Spot {
  /** In WGS 84. */
  at: Position;
  /** In metres, as the phone says; null where it was chosen on the map. */
  accuracy: number | null;
}
