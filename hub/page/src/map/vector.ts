/** What is drawn of vector tiles, quietly and in the page's colours: land, water, roads and names, by their layers' names in the usual schemas. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";

import { currentLocale } from "@/i18n/words";

import { FONT } from "./font";
import type { Colours } from "./icons";

interface Vector {
  id: string;
  source: string;
  "source-layer": string;
}

/** In this order, so that names lie over the ground; what is not named here stays away. */
const DRAWN: readonly (readonly [RegExp, (colours: Colours, layer: Vector) => LayerSpecification])[] = [
  [/^earth$/, (colours, layer) => ({ ...layer, type: "fill", paint: { "fill-color": colours.raised } })],
  [/water/, (colours, layer) => ({ ...layer, type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colours.accent, "fill-opacity": 0.22 } })],
  [/^(landuse|landcover|park)/, (colours, layer) => ({ ...layer, type: "fill", paint: { "fill-color": colours.line, "fill-opacity": 0.3 } })],
  [/^building/, (colours, layer) => ({ ...layer, type: "fill", minzoom: 14, paint: { "fill-color": colours.line, "fill-opacity": 0.7 } })],
  [/^(roads?|transportation|streets?)$/, (colours, layer) => ({ ...layer, type: "line", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": colours.lineStrong, "line-opacity": 0.6, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 8, 0.4, 18, 9] } })],
  [/^(roads?|transportation_name|streets?|street_labels)$/, (colours, layer) => ({ ...layer, type: "symbol", minzoom: 13, filter: ["!=", ["geometry-type"], "Point"], layout: { "symbol-placement": "line", "text-field": nameOf(), "text-font": FONT, "text-size": 11.5 }, paint: soft(colours) })],
  [/^(places?|place_labels)$/, (colours, layer) => ({ ...layer, type: "symbol", filter: ["==", ["geometry-type"], "Point"], layout: { "text-field": nameOf(), "text-font": FONT, "text-size": 12.5, "text-padding": 6 }, paint: soft(colours) })],
];

/** Whether anything would be drawn of these layers. */
export function isKnown(names: readonly string[]): boolean {
  return names.some((name) => DRAWN.some(([fits]) => fits.test(name)));
}

/** Of the layers that a file has. */
export function vectorLayers(names: readonly string[], colours: Colours): LayerSpecification[] {
  return DRAWN.flatMap(([fits, draw], place) =>
    names.filter((name) => fits.test(name)).map((name) => draw(colours, { id: `tiles-${place}-${name}`, source: "tiles", "source-layer": name })),
  );
}

/** In the reader's language, where the file has it so. */
function nameOf(): ExpressionSpecification {
  const own = currentLocale.value === "zh" ? ["name:zh", "name:zh-Hans"] : ["name:en", "name:latin"];
  return ["coalesce", ...[...own, "name"].map((key): ExpressionSpecification => ["get", key]), ""] as ExpressionSpecification;
}

function soft(colours: Colours): { "text-color": string; "text-halo-color": string; "text-halo-width": number } {
  return { "text-color": colours.textSoft, "text-halo-color": colours.ground, "text-halo-width": 1.4 };
}
