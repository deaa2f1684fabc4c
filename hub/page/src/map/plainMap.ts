/** A flat map with the north up and no tools of its own, for whoever draws on it. */
import "maplibre-gl/dist/maplibre-gl.css";

import { Map as MapLibre, setWorkerUrl, type MapOptions } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import type { Bounds } from "./features";

setWorkerUrl(workerUrl);

/** `closest`: the zoom beyond which what is shown at first does not go. Throws where the browser has no WebGL. */
export function plainMap(own: { label: string; bounds: Bounds; closest: number } & Pick<MapOptions, "container" | "style" | "maxZoom" | "doubleClickZoom">): MapLibre {
  const { label, bounds: [west, south, east, north], closest, ...options } = own;
  const map = new MapLibre({
    ...options,
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: 40, maxZoom: closest },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    locale: { "Map.Title": label },
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}
