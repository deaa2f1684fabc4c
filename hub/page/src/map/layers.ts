/** Layers of the hub's one map that are drawn as plain marks with a name: a further one is a name here and its words. */
export const THING_LAYERS = ["people", "premises", "devices", "places"] as const;
export type ThingLayer = (typeof THING_LAYERS)[number];

/** What the map can show, each to be switched on and off. */
export const LAYERS = ["cases", "cameras", "units", ...THING_LAYERS, "areas", "heat"] as const;
export type Layer = (typeof LAYERS)[number];

/** Sources of the map's style that hold our own features. */
export const SOURCES = ["areas", "names", "heat", "cameras", "units", ...THING_LAYERS, "cases", "chosen"] as const;
export type Source = (typeof SOURCES)[number];

/** The layers of the style that belong to each, by the beginning of their ids. */
export function layerOf(id: string): Layer | null {
  return LAYERS.find((layer) => id === layer || id.startsWith(`${layer}-`)) ?? null;
}
