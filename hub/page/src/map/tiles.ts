/** The ground from a PMTiles file of the hub's: pictures as they are, or vector tiles drawn quietly in the page's colours. */
import { addProtocol, type LayerSpecification, type SourceSpecification } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";

import type { Colours } from "./icons";
import { isKnown, vectorLayers } from "./vector";

export interface Ground {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

/** The file can be read, and holds nothing that the page knows how to draw. */
export class StrangeTilesError extends Error {}

let protocol: Protocol | null = null;

/** Look what the file holds. Throws where it cannot be read; a `StrangeTilesError` where nothing of it can be drawn. */
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
  const names = layerNames(await file.getMetadata());
  if (!isKnown(names)) {
    throw new StrangeTilesError(names.join(", "));
  }
  return (colours) => ({ sources: { tiles: { type: "vector", url: address } }, layers: vectorLayers(names, colours) });
}

function layerNames(metadata: unknown): string[] {
  const listed = (metadata as { vector_layers?: { id: string }[] } | null)?.vector_layers ?? [];
  return listed.map(({ id }) => id);
}
