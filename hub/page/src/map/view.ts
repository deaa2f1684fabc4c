/** What somebody looks at on the map: kept while the page is open, so that they are back where they were after a case. */
import { ref, shallowRef } from "vue";

import type { Bounds } from "./features";
import { LAYERS, THING_LAYERS, type Layer } from "./layers";

/** What the map shows now; null until it is drawn. */
export const lastBounds = shallowRef<Bounds | null>(null);
export const shownLayers = shallowRef<ReadonlySet<Layer>>(new Set(LAYERS.filter((layer) => layer !== "heat" && !THING_LAYERS.some((one) => one === layer))));
export const heatDays = ref(28);
