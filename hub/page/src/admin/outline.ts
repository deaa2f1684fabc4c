/** Outlines as they are drawn: a line of corners that closes, in the order in which it was drawn. Pure. */
import type { Geometry, Polygon, Position as Corner } from "geojson";

import { converted, type Datum, type Position } from "@/map/datum";

export type Outline = Extract<Geometry, { type: "Polygon" | "MultiPolygon" }>;

/** The corners of an outline that can be drawn anew corner by corner: one piece without holes. Null for any other. */
export function cornersOf(outline: Outline | null): Position[] | null {
  const ring = outline?.type === "Polygon" && outline.coordinates.length === 1 ? outline.coordinates[0] : undefined;
  return ring === undefined ? null : ring.slice(0, -1).map(([x = 0, y = 0]) => [x, y]);
}

/** All its corners, of every ring. */
export function placesIn(outline: Outline): Corner[] {
  return outline.type === "Polygon" ? outline.coordinates.flat() : outline.coordinates.flat(2);
}

/** Null where fewer than three corners were drawn. */
export function polygonOf(corners: readonly Position[]): Polygon | null {
  const [first] = corners;
  return first === undefined || corners.length < 3 ? null : { type: "Polygon", coordinates: [[...corners, first].map((corner) => [...corner])] };
}

export function movedOutline(outline: Outline, from: Datum, to: Datum): Outline {
  const moved = ([x = 0, y = 0]: Corner): Corner => [...converted([x, y], from, to)];
  return outline.type === "Polygon"
    ? { ...outline, coordinates: outline.coordinates.map((ring) => ring.map(moved)) }
    : { ...outline, coordinates: outline.coordinates.map((piece) => piece.map((ring) => ring.map(moved))) };
}

/** Where a new corner comes to stand: into the nearest side of a closed line. */
export function withCorner(corners: readonly Position[], at: Position): Position[] {
  const sides = corners.map((corner, index) => distance(at, corner, corners[(index + 1) % corners.length] ?? corner));
  const nearest = sides.indexOf(Math.min(...sides));
  return [...corners.slice(0, nearest + 1), at, ...corners.slice(nearest + 1)];
}

/** From a point to a side, in degrees: enough to compare. */
function distance([x, y]: Position, [ax, ay]: Position, [bx, by]: Position): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

/** An outline out of a GeoJSON text: a geometry, a feature, or a collection of one. Null where there is none. */
export function outlineIn(text: string): Outline | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
  return outlineOf(read);
}

function outlineOf(read: unknown): Outline | null {
  if (typeof read !== "object" || read === null) {
    return null;
  }
  const { type, geometry, features, coordinates } = read as Record<string, unknown>;
  if ((type === "Polygon" || type === "MultiPolygon") && Array.isArray(coordinates)) {
    return read as Outline;
  }
  if (type === "FeatureCollection" && Array.isArray(features)) {
    return features.length === 1 ? outlineOf(features[0]) : null;
  }
  return type === "Feature" ? outlineOf(geometry) : null;
}
