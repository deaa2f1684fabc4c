/** The ground from a PMTiles file of the hub's: pictures as they are, or vector tiles drawn quietly in the page's colours. */
import { addProtocol, type LayerSpecification, type SourceSpecification } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";

import type { Colours } from "./icons";

export interface Ground {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

/** What is drawn of vector tiles, by their layers' names in the usual schemas; what is not named here stays away. */
const DRAWN: readonly (readonly [RegExp, (colours: Colours, layer: Vector) => LayerSpecification])[] = [
  [/^earth$/, (colours, layer) => ({ ...layer, type: "fill", paint: { "fill-color": colours.raised } })],
  [/water/, (colours, layer) => ({ ...layer, type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colours.accent, "fill-opacity": 0.22 } })],
  [/^(landuse|landcover|park)/, (colours, layer) => ({ ...layer, type: "fill", paint: { "fill-color": colours.line, "fill-opacity": 0.3 } })],
  [/^building/, (colours, layer) => ({ ...layer, type: "fill", minzoom: 14, paint: { "fill-color": colours.line, "fill-opacity": 0.7 } })],
  [/^(roads?|transportation|streets?)$/, (colours, layer) => ({ ...layer, type: "line", paint: { "line-color": colours.lineStrong, "line-opacity": 0.6, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 8, 0.4, 18, 9] } })],
];

interface Vector {
  id: string;
  source: string;
  "source-layer": string;
}

let protocol: Protocol | null = null;

/** Look what the file holds. Throws where it cannot be read. */
export async function openTiles(url: string): Promise<(colours: Colours) => Ground> {
  const file = new PMTiles(url);
  const { tileType } = await file.getHeader();
  if (protocol === null) {
    protocol = new Protocol();
    addProtocol("pmtiles", protocol.tile);
  }
  protocol.add(file);
  const address = `pmtiles://${url}`;
  if (tileType !== TileType.Mvt) {
    return () => ({
      sources: { tiles: { type: "raster", url: address, tileSize: 256 } },
      // towards the theme's ground, so that what matters stands out
      layers: [{ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.4, "raster-opacity": 0.6 } }],
    });
  }
  const names = vectorLayers(await file.getMetadata());
  return (colours) => ({ sources: { tiles: { type: "vector", url: address } }, layers: drawnLayers(names, colours) });
}

function drawnLayers(names: readonly string[], colours: Colours): LayerSpecification[] {
  return DRAWN.flatMap(([fits, draw]) =>
    names.filter((name) => fits.test(name)).map((name) => draw(colours, { id: `tiles-${name}`, source: "tiles", "source-layer": name })),
  );
}

function vectorLayers(metadata: unknown): string[] {
  const listed = (metadata as { vector_layers?: { id: string }[] } | null)?.vector_layers ?? [];
  return listed.map(({ id }) => id);
}
