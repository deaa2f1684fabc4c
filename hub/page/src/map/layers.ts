/**
 * What the map can show, each to be switched on and off. A further kind (premises, devices …) is a name here, its source
 * and layers in `style.ts`, its features in `features.ts`, and its words.
 */
export const LAYERS = ["cases", "cameras", "units", "areas", "heat"] as const;
export type Layer = (typeof LAYERS)[number];

/** Sources of the map's style that hold our own features. */
export const SOURCES = ["areas", "names", "heat", "cameras", "units", "cases", "chosen"] as const;
export type Source = (typeof SOURCES)[number];

/** The layers of the style that belong to each, by the beginning of their ids. */
export function layerOf(id: string): Layer | null {
  return LAYERS.find((layer) => id === layer || id.startsWith(`${layer}-`)) ?? null;
}
