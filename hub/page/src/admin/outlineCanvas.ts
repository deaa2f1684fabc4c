/** A map on which one outline is drawn: corners by clicks, moved by dragging or arrow keys, taken away by Delete. */
import type { Feature, FeatureCollection } from "geojson";
import { Marker, type GeoJSONSource, type LayerSpecification, type StyleSpecification } from "maplibre-gl";

import type { Position } from "@/map/datum";
import type { Bounds } from "@/map/features";
import { coloursNow, type Colours } from "@/map/icons";
import { plainMap } from "@/map/plainMap";
import { openTiles, type Ground } from "@/map/tiles";

const MOST_ZOOM = 19;
const CLOSE_ZOOM = 17;
const STEP_PIXELS = 8;

export interface OutlineCanvas {
  draw: (corners: readonly Position[], isClosed: boolean) => void;
  zoom: (by: 1 | -1) => void;
  lay: (url: string) => Promise<void>;
  restyle: () => void;
  end: () => void;
}

export interface OutlineHandlers {
  clicked: (at: Position) => void;
  /** A corner was moved. */
  moved: (index: number, to: Position) => void;
  /** A corner was clicked: the first one closes the line. */
  cornerClicked: (index: number) => void;
  removed: (index: number) => void;
  cornerLabel: (index: number) => string;
}

/** `around`: areas to see where one is. Throws where the browser has no WebGL. */
export function makeOutlineCanvas(element: HTMLElement, label: string, bounds: Bounds, around: FeatureCollection, handlers: OutlineHandlers): OutlineCanvas {
  let drawn: FeatureCollection = { type: "FeatureCollection", features: [] };
  let ground: ((colours: Colours) => Ground) | null = null;
  let markers: Marker[] = [];
  const style = (): StyleSpecification => styleOf(around, drawn, coloursNow(), ground?.(coloursNow()) ?? null);
  const map = plainMap({ container: element, style: style(), label, bounds, closest: CLOSE_ZOOM, maxZoom: MOST_ZOOM, doubleClickZoom: false });
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => {
    handlers.clicked([lngLat.lng, lngLat.lat]);
  });

  const corner = (at: Position, index: number): Marker => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "outline-corner";
    element.setAttribute("aria-label", handlers.cornerLabel(index));
    const made = new Marker({ element, draggable: true }).setLngLat([...at]).addTo(map);
    const tell = (): void => {
      const { lng, lat } = made.getLngLat();
      handlers.moved(index, [lng, lat]);
    };
    made.on("dragend", tell);
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      handlers.cornerClicked(index);
    });
    element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (step !== undefined) {
        event.preventDefault();
        event.stopPropagation();
        const { x, y } = map.project(made.getLngLat());
        const far = event.shiftKey ? 1 : STEP_PIXELS;
        made.setLngLat(map.unproject([x + (step[0] ?? 0) * far, y + (step[1] ?? 0) * far]));
        tell();
      } else if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        handlers.removed(index);
      }
    });
    return made;
  };

  const draw = (corners: readonly Position[], isClosed: boolean): void => {
    drawn = { type: "FeatureCollection", features: featuresOf(corners, isClosed) };
    void map.getSource<GeoJSONSource>("drawn")?.setData(drawn);
    if (corners.length === markers.length) {
      corners.forEach((at, index) => markers[index]?.setLngLat([...at]));
      return;
    }
    markers.forEach((marker) => marker.remove());
    markers = corners.map(corner);
  };
  const restyle = (): void => {
    map.setStyle(style(), { diff: false });
  };
  return {
    draw,
    restyle,
    zoom: (by) => {
      map.zoomTo(map.getZoom() + by);
    },
    lay: async (url) => {
      ground = await openTiles(url);
      restyle();
    },
    end: () => {
      map.remove();
    },
  };
}

function featuresOf(corners: readonly Position[], isClosed: boolean): Feature[] {
  const [first] = corners;
  const line = corners.map((at) => [...at]);
  if (first === undefined || corners.length < 2) {
    return [];
  }
  return isClosed && corners.length > 2
    ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...line, [...first]]] } }]
    : [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } }];
}

function styleOf(around: FeatureCollection, drawn: FeatureCollection, colours: Colours, ground: Ground | null): StyleSpecification {
  const layers: LayerSpecification[] = [
    { id: "ground", type: "background", paint: { "background-color": colours.ground } },
    ...(ground?.layers ?? []),
    { id: "around-fill", type: "fill", source: "around", paint: { "fill-color": colours.surface, "fill-opacity": ground === null ? 1 : 0 } },
    { id: "around-line", type: "line", source: "around", paint: { "line-color": colours.lineStrong, "line-width": 1.2 } },
    { id: "around-own", type: "line", source: "around", filter: ["==", ["get", "own"], true], paint: { "line-color": colours.warning, "line-width": 2, "line-dasharray": [2, 2] } },
    { id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colours.accent, "fill-opacity": 0.2 } },
    { id: "drawn-line", type: "line", source: "drawn", paint: { "line-color": colours.accent, "line-width": 2.5 } },
  ];
  return {
    version: 8,
    sources: { around: { type: "geojson", data: around }, drawn: { type: "geojson", data: drawn }, ...(ground?.sources ?? {}) },
    layers,
  };
}
