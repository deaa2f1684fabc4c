/** The map itself: MapLibre with our style. Everything that knows MapLibre stands here, in `style.ts` and `tiles.ts`. */
import { Marker, ScaleControl, type GeoJSONSource, type MapGeoJSONFeature } from "maplibre-gl";

import type { Position } from "./datum";
import type { Bounds } from "./features";
import { coloursNow, drawMark, PIXEL_RATIO } from "./icons";
import { layerOf, LAYERS, SOURCES, THING_LAYERS, type Layer, type Source } from "./layers";
import { plainMap } from "./plainMap";
import { MOST_ZOOM, styleOf, type Drawn } from "./style";
import { openTiles, type Ground } from "./tiles";

/** A finger does not hit to the pixel. */
const TOLERANCE = 6;
const CLOSE_ZOOM = 16;
const MOST_LEAVES = 1000;
const STEP_PIXELS = 8;

/** What somebody clicked, the nearest to the eye first. */
export interface Handlers {
  moved: (bounds: Bounds) => void;
  caseChosen: (id: number) => void;
  /** Cases of one place, which no zoom parts. */
  casesChosen: (ids: number[]) => void;
  cameraChosen: (key: string) => void;
  thingChosen: (id: string) => void;
  groundChosen: (place: Position) => void;
  /** The camera that is being placed was dragged or moved by keys. */
  placed: (place: Position) => void;
}

export interface Canvas {
  draw: (source: Source, data: Drawn[Source]) => void;
  show: (layer: Layer, isShown: boolean) => void;
  /** Colours or tiles are others now. */
  restyle: () => void;
  lay: (url: string) => Promise<void>;
  markArea: (path: string) => void;
  fit: (bounds: Bounds) => void;
  goTo: (place: Position) => void;
  zoom: (by: 1 | -1) => void;
  /** Let a place be chosen by a mark that is dragged, or moved by arrow keys; null ends it. */
  place: (at: Position | null, label: string) => void;
  /** Say what it is in other words. */
  label: (label: string) => void;
  middle: () => Position;
  /** Of a corner in pixels of the map's element. */
  positionAt: (x: number, y: number) => Position;
  end: () => void;
}

/** Throws where the browser has no WebGL. */
export function makeCanvas(element: HTMLElement, label: string, bounds: Bounds, drawn: Drawn, shown: ReadonlySet<Layer>, handlers: Handlers): Canvas {
  const now: Record<Source, Drawn[Source]> = { ...drawn };
  const on = new Set(shown);
  let ground: ((colours: ReturnType<typeof coloursNow>) => Ground) | null = null;
  let chosenArea = "";
  let marker: Marker | null = null;

  const style = (): ReturnType<typeof styleOf> => styleOf(now, on, coloursNow(), ground?.(coloursNow()) ?? null);
  const map = plainMap({ container: element, style: style(), label, bounds, closest: CLOSE_ZOOM, maxZoom: MOST_ZOOM });
  map.addControl(new ScaleControl(), "bottom-left");
  map.setMissingStyleImageResolver((id) => {
    const mark = drawMark(id, coloursNow());
    if (mark !== null && !map.hasImage(id)) {
      map.addImage(id, mark, { pixelRatio: PIXEL_RATIO });
    }
  });

  const view = (): Bounds => map.getBounds().toArray().flat() as unknown as Bounds;
  const markArea = (path: string): void => {
    chosenArea = path;
    if (map.getLayer("areas-chosen")) {
      map.setFilter("areas-chosen", ["==", ["get", "path"], path]);
    }
  };
  map.on("load", () => {
    handlers.moved(view());
  });
  map.on("moveend", () => {
    handlers.moved(view());
  });
  map.on("style.load", () => {
    SOURCES.forEach((source) => void map.getSource<GeoJSONSource>(source)?.setData(now[source]));
    markArea(chosenArea);
  });

  const at = (x: number, y: number): MapGeoJSONFeature | undefined =>
    map.queryRenderedFeatures(
      [
        [x - TOLERANCE, y - TOLERANCE],
        [x + TOLERANCE, y + TOLERANCE],
      ],
      { layers: ["cases-cluster", "cases", "cameras", ...THING_LAYERS].filter((id) => map.getLayer(id)) },
    )[0];
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = at(point.x, point.y) ? "pointer" : "";
  });
  map.on("click", ({ point, lngLat }) => {
    const found = at(point.x, point.y);
    if (found === undefined) {
      handlers.groundChosen([lngLat.lng, lngLat.lat]);
    } else if (found.layer.id === "cases-cluster") {
      void openCluster(found);
    } else if (found.layer.id === "cases") {
      handlers.caseChosen(Number(found.properties["id"]));
    } else if (found.layer.id === "cameras") {
      handlers.cameraChosen(String(found.properties["key"]));
    } else {
      handlers.thingChosen(String(found.properties["id"]));
    }
  });

  const openCluster = async (found: MapGeoJSONFeature): Promise<void> => {
    const source = map.getSource<GeoJSONSource>("cases");
    const id = Number(found.properties["cluster_id"]);
    if (source === undefined || found.geometry.type !== "Point") {
      return;
    }
    const zoom = await source.getClusterExpansionZoom(id);
    if (zoom <= MOST_ZOOM) {
      map.easeTo({ center: found.geometry.coordinates as [number, number], zoom });
      return;
    }
    const leaves = await source.getClusterLeaves(id, MOST_LEAVES, 0);
    handlers.casesChosen(leaves.map(({ properties }) => Number(properties?.["id"])));
  };

  const place = (at: Position | null, label: string): void => {
    if (at === null) {
      marker?.remove();
      marker = null;
      return;
    }
    if (marker === null) {
      const made = new Marker({ element: pin(label), draggable: true, anchor: "bottom" }).setLngLat([...at]).addTo(map);
      const tell = (): void => {
        const { lng, lat } = made.getLngLat();
        handlers.placed([lng, lat]);
      };
      made.on("dragend", tell);
      made.getElement().addEventListener("keydown", (event) => {
        if (moveByKey(made, event)) {
          tell();
        }
      });
      made.getElement().focus();
      marker = made;
    }
    marker.setLngLat([...at]).getElement().setAttribute("aria-label", label);
  };

  /** A step of a few pixels, a fine one with Shift. */
  const moveByKey = (moved: Marker, event: KeyboardEvent): boolean => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step === undefined) {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = map.project(moved.getLngLat());
    const far = event.shiftKey ? 1 : STEP_PIXELS;
    moved.setLngLat(map.unproject([x + (step[0] ?? 0) * far, y + (step[1] ?? 0) * far]));
    return true;
  };

  const restyle = (): void => {
    map.setStyle(style(), { diff: false });
  };
  return {
    draw: (source, data) => {
      now[source] = data;
      void map.getSource<GeoJSONSource>(source)?.setData(data);
    },
    show: (layer, isShown) => {
      on[isShown ? "add" : "delete"](layer);
      map.getLayersOrder().filter((id) => LAYERS.includes(layer) && layerOf(id) === layer).forEach((id) => {
        map.setLayoutProperty(id, "visibility", isShown ? "visible" : "none");
      });
    },
    restyle,
    lay: async (url) => {
      ground = await openTiles(url);
      restyle();
    },
    markArea,
    fit: ([west, south, east, north]) => {
      map.fitBounds([west, south, east, north], { padding: 40, maxZoom: CLOSE_ZOOM });
    },
    goTo: ([lng, lat]) => {
      map.easeTo({ center: [lng, lat], zoom: Math.max(map.getZoom(), CLOSE_ZOOM - 1) });
    },
    zoom: (by) => {
      map.zoomTo(map.getZoom() + by);
    },
    place,
    label: (words) => {
      map.getCanvas().setAttribute("aria-label", words);
      if (ground !== null) {
        restyle(); // a ground of vector tiles has names in the reader's language
      }
    },
    middle: () => {
      const { lng, lat } = map.getCenter();
      return [lng, lat];
    },
    positionAt: (x, y) => {
      const { lng, lat } = map.unproject([x, y]);
      return [lng, lat];
    },
    end: () => {
      // in a task of its own: the page that is opened instead is drawn before
      setTimeout(() => {
        map.remove();
      });
    },
  };
}

/** The mark that is dragged. */
function pin(label: string): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "map-pin";
  made.setAttribute("aria-label", label);
  return made;
}
