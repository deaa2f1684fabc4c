/** How the map is drawn: its sources and layers, in the page's own colours. */
import type { FeatureCollection } from "geojson";
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";

import { FONT } from "./font";
import type { Colours } from "./icons";
import { layerOf, SOURCES, THING_LAYERS, type Layer, type Source } from "./layers";
import type { Ground } from "./tiles";

export type Drawn = Readonly<Record<Source, FeatureCollection>>;

/** Cases of one camera stand at one place: they stay together at every zoom that the map has. */
export const MOST_ZOOM = 18;
const CLUSTER_PIXELS = 48;

const sum = (grade: string): ExpressionSpecification => ["+", ["case", ["==", ["get", "grade"], grade], 1, 0]];
/** The gravest grade of a cluster. */
const GRAVEST: ExpressionSpecification = ["case", [">", ["get", "major"], 0], "major", [">", ["get", "serious"], 0], "serious", "ordinary"];
/** From far away marks are smaller, for they stand closer; `far` and `near` are what they are there. */
const byZoom = (far: number | ExpressionSpecification, near: number | ExpressionSpecification): ExpressionSpecification => ["interpolate", ["linear"], ["zoom"], 12, far, 15, near];
const RANK: ExpressionSpecification = ["match", ["get", "grade"], "major", 2, "serious", 1, 0];

export function styleOf(drawn: Drawn, shown: ReadonlySet<Layer>, colours: Colours, ground: Ground | null): StyleSpecification {
  const own = SOURCES.map((name): [string, SourceSpecification] => [name, sourceOf(name, drawn[name])]);
  const layers: LayerSpecification[] = [
    { id: "ground", type: "background", paint: { "background-color": colours.ground } },
    ...(ground?.layers ?? []),
    ...areaLayers(colours, ground !== null),
    ...heatLayers(colours),
    ...thingLayers(colours),
    cameraLayer(colours),
    nameLayer(colours, ground !== null),
    unitLayer(colours),
    chosenLayer(colours),
    ...caseLayers(colours),
  ];
  return {
    version: 8,
    sources: { ...Object.fromEntries(own), ...(ground?.sources ?? {}) },
    layers: layers.map((layer) => {
      const switched = layerOf(layer.id);
      const isShown = switched === null || shown.has(switched);
      return { ...layer, layout: { ...layer.layout, visibility: isShown ? "visible" : "none" } };
    }),
  };
}

function sourceOf(name: Source, data: FeatureCollection): SourceSpecification {
  if (name !== "cases") {
    return { type: "geojson", data };
  }
  return {
    type: "geojson",
    data,
    cluster: true,
    clusterRadius: CLUSTER_PIXELS,
    clusterMaxZoom: MOST_ZOOM + 1,
    maxzoom: MOST_ZOOM + 2,
    clusterProperties: { major: sum("major"), serious: sum("serious") },
  };
}

function areaLayers(colours: Colours, overTiles: boolean): LayerSpecification[] {
  return [
    // the top of what somebody sees as a sheet on the ground
    { id: "areas-sheet", type: "fill", source: "areas", paint: { "fill-color": colours.surface, "fill-opacity": overTiles ? 0 : 1 } },
    { id: "areas-chosen", type: "fill", source: "areas", filter: ["==", ["get", "path"], ""], paint: { "fill-color": colours.accent, "fill-opacity": 0.16 } },
    {
      id: "areas-line",
      type: "line",
      source: "areas",
      layout: { "line-join": "round" },
      paint: {
        // a ground of tiles has lines of its own, which these must not be taken for
        "line-color": overTiles ? colours.textSoft : colours.lineStrong,
        "line-width": ["match", ["get", "depth"], 1, 2.4, 2, 1.6, 1],
        "line-opacity": ["match", ["get", "depth"], 1, 1, 2, 0.9, 0.7],
      },
    },
  ];
}

/** Names go before cameras where there is no room for both, and beside cases in a heap and units. */
function nameLayer(colours: Colours, overTiles: boolean): LayerSpecification {
  return {
    id: "areas-name",
    type: "symbol",
    source: "names",
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": ["match", ["get", "depth"], 1, 17, 2, 14.5, 13],
      "text-max-width": 9,
      "text-padding": 4,
      // beside what stands in the middle
      "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
      "text-radial-offset": 1.4,
      // communities are told apart before streets, where there is no room for all
      "symbol-sort-key": ["-", 0, ["get", "depth"]],
    },
    paint: { "text-color": colours.textSoft, "text-halo-color": overTiles ? colours.ground : colours.surface, "text-halo-width": 1.6 },
  };
}

function heatLayers(colours: Colours): LayerSpecification[] {
  return [
    {
      id: "heat",
      type: "heatmap",
      source: "heat",
      paint: {
        "heatmap-weight": ["get", "weight"],
        "heatmap-intensity": 1.8,
        "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 10, 16, 14, 48, 18, 90],
        "heatmap-opacity": 0.65,
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, `${colours.warning}00`, 0.3, `${colours.warning}66`, 0.6, colours.warning, 1, colours.danger],
      },
    },
    {
      id: "heat-count",
      type: "symbol",
      source: "heat",
      layout: { "text-field": ["to-string", ["get", "count"]], "text-font": FONT, "text-size": 12, "text-anchor": "left", "text-offset": [1.2, 0], "symbol-sort-key": ["-", 0, ["get", "count"]] },
      paint: inked(colours),
    },
  ];
}

const SMALL: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 10, 0.5, 14, 1];
const NAMED = { "text-font": FONT, "text-size": 12, "text-anchor": "top", "text-offset": [0, 1.2] as [number, number], "text-optional": true } as const;

function cameraLayer(colours: Colours): LayerSpecification {
  return {
    id: "cameras",
    type: "symbol",
    source: "cameras",
    layout: {
      "icon-image": ["concat", "camera-", ["get", "health"]],
      "icon-size": SMALL,
      // from far away as many as have room, those that are down first; from nearer all
      "icon-allow-overlap": ["step", ["zoom"], false, 15, true],
      "icon-padding": 0,
      "symbol-sort-key": ["match", ["get", "health"], "down", 0, 1],
      ...NAMED,
      "text-field": ["step", ["zoom"], "", 15, ["get", "name"]],
    },
    paint: inked(colours),
  };
}

function unitLayer(colours: Colours): LayerSpecification {
  return {
    id: "units",
    type: "symbol",
    source: "units",
    layout: { "icon-image": "unit", "icon-size": SMALL, "icon-allow-overlap": true, ...NAMED, "text-field": ["step", ["zoom"], "", 13.5, ["get", "name"]] },
    paint: inked(colours),
  };
}

function inked(colours: Colours): { "text-color": string; "text-halo-color": string; "text-halo-width": number } {
  return { "text-color": colours.text, "text-halo-color": colours.surface, "text-halo-width": 1.6 };
}

function thingLayers(colours: Colours): LayerSpecification[] {
  return THING_LAYERS.map((name) => ({
    id: name,
    type: "symbol",
    source: name,
    layout: {
      // of whom only the area is known stands dashed
      "icon-image": ["concat", `thing-${name}-`, ["case", ["get", "sure"], "sure", "near"]],
      "icon-size": byZoom(0.55, 1),
      "icon-allow-overlap": ["step", ["zoom"], false, 14, true],
      "icon-padding": 0,
      ...NAMED,
      "text-offset": [0, 1],
      "text-field": ["step", ["zoom"], "", 16, ["get", "name"]],
    },
    paint: inked(colours),
  }));
}

function chosenLayer(colours: Colours): LayerSpecification {
  return {
    id: "chosen",
    type: "circle",
    source: "chosen",
    paint: { "circle-radius": 21, "circle-color": colours.accent, "circle-opacity": 0.18, "circle-stroke-color": colours.accent, "circle-stroke-width": 2.5 },
  };
}

function caseLayers(colours: Colours): LayerSpecification[] {
  // above the camera that saw them
  const lifted = { "icon-anchor": "bottom", "icon-allow-overlap": true } as const;
  return [
    {
      id: "cases",
      type: "symbol",
      source: "cases",
      filter: ["!", ["has", "point_count"]],
      layout: { ...lifted, "icon-ignore-placement": true, "icon-offset": [0, -9], "icon-size": byZoom(0.75, 1), "icon-image": ["concat", "case-", ["get", "grade"], ["case", ["get", "late"], "-late", ""]], "symbol-sort-key": RANK },
    },
    {
      id: "cases-cluster",
      type: "symbol",
      source: "cases",
      filter: ["has", "point_count"],
      layout: {
        ...lifted,
        "icon-offset": [0, -4],
        "icon-image": ["concat", "cluster-", GRAVEST],
        "icon-size": byZoom(["step", ["get", "point_count"], 0.75, 100, 0.94, 1000, 1.12], ["step", ["get", "point_count"], 1, 100, 1.25, 1000, 1.5]),
        "text-field": ["get", "point_count_abbreviated"],
        "text-font": FONT,
        "text-size": byZoom(["step", ["get", "point_count"], 10.5, 1000, 11], ["step", ["get", "point_count"], 14, 1000, 15]),
        // in a triangle there is room below its middle
        "text-offset": ["case", [">", ["get", "major"], 0], ["literal", [0, -1.5]], ["literal", [0, -1.8]]],
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["get", "major"],
      },
      paint: { "text-color": colours.surface },
    },
  ];
}
