/** Cases, cameras, areas and units as GeoJSON for the map; positions are given in the datum of what lies under them. */
import type { Feature, FeatureCollection, Geometry, Point, Position as Corner } from "geojson";

import type { CameraCount, CameraView, MapCase, MapUnit, MapView, Thing } from "@/api/types";
import { urgencyOf } from "@/format/due";
import { pick } from "@/i18n/words";
import { isDown } from "@/live/cameras";

import { converted, type Datum, type Position } from "./datum";
import type { ThingLayer } from "./layers";

export type Area = MapView["areas"][number];
/** Where cameras are shown, by `keyOf`. */
export type Places = ReadonlyMap<string, Position>;
/** West, south, east, north. */
export type Bounds = readonly [number, number, number, number];
type Points = FeatureCollection<Point>;

/** What is shown where nothing has a place yet: the country. */
export const NOWHERE: Bounds = [73, 18, 135, 54];

export function keyOf(gateway: string | null, camera: string | null): string {
  return `${gateway ?? ""}/${camera ?? ""}`;
}

export function placesOf(cameras: readonly CameraView[], from: Datum, to: Datum): Places {
  const placed = cameras.flatMap(({ gateway, camera, longitude, latitude }) =>
    longitude == null || latitude == null ? [] : [[keyOf(gateway, camera), converted([longitude, latitude], from, to)] as const],
  );
  return new Map(placed);
}

/** Where a case is shown: as its report says, or its camera; both lie in `places`. */
export function placeOf(item: MapCase, places: Places): Position | undefined {
  return places.get(reportKey(item.id)) ?? places.get(keyOf(item.gateway, item.camera));
}

const reportKey = (id: number): string => `report ${id}`;

/** The places of cases that no camera made, by which `placeOf` finds them. */
export function reportPlaces(cases: readonly MapCase[], from: Datum, to: Datum): Places {
  const placed = cases.flatMap(({ id, camera, longitude, latitude }) =>
    camera !== null || longitude === null || latitude === null ? [] : [[reportKey(id), converted([longitude, latitude], from, to)] as const],
  );
  return new Map(placed);
}

/** `cases` stand in the queue's order; those whose camera has no place are left out. */
export function caseFeatures(cases: readonly MapCase[], places: Places, now: number): Points {
  return collection(
    cases.flatMap((item) => {
      const place = placeOf(item, places);
      const late = urgencyOf(item, now) === "over";
      return place === undefined ? [] : [point(place, { id: item.id, grade: item.grade, late })];
    }),
  );
}

export function cameraFeatures(cameras: readonly CameraView[], places: Places): Points {
  return collection(
    cameras.flatMap((camera) => {
      const key = keyOf(camera.gateway, camera.camera);
      const place = places.get(key);
      return place === undefined ? [] : [point(place, { key, name: camera.name, health: healthOf(camera) })];
    }),
  );
}

function healthOf(camera: CameraView): "down" | "up" | "unsure" {
  if (isDown(camera)) {
    return "down";
  }
  return camera.state === "online" ? "up" : "unsure";
}

/** `onDuty` says how many of a unit are on duty, in words. */
export function unitFeatures(units: readonly MapUnit[], onDuty: (unit: MapUnit) => string, from: Datum, to: Datum): Points {
  return collection(
    units.map((unit) =>
      point(converted([unit.longitude, unit.latitude], from, to), { id: unit.id, name: `${pick(unit.name)}\n${onDuty(unit)}` }),
    ),
  );
}

/** Things of a layer of the hub's one map; their positions are in the ground's datum already. */
export function thingFeatures(things: readonly Thing[], layer: ThingLayer, nameOf: (thing: Thing) => string): Points {
  return collection(
    things
      .filter(({ properties }) => properties.layer === layer)
      .map((thing) => point(positionOf(thing), { id: thing.id, name: nameOf(thing), sure: thing.properties.certainty === "own" })),
  );
}

export function positionOf({ geometry }: Pick<Thing, "geometry">): Position {
  const [longitude = 0, latitude = 0] = geometry.coordinates;
  return [longitude, latitude];
}

/** `weight`: in shares of the largest count. */
export function heatFeatures(counts: readonly CameraCount[], places: Places): Points {
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return collection(
    counts.flatMap(({ gateway, camera, count }) => {
      const place = places.get(keyOf(gateway, camera));
      return place === undefined ? [] : [point(place, { count, weight: count / most })];
    }),
  );
}

/** What is chosen; nothing where it has no place. */
export function spotFeature(place: Position | null): Points {
  return collection(place === null ? [] : [point(place, {})]);
}

/** Areas that have an outline, in another datum; those at the top first. */
export function movedAreas(areas: readonly Area[], from: Datum, to: Datum): Area[] {
  const moved = (corner: Corner): number[] => [...converted([corner[0] ?? 0, corner[1] ?? 0], from, to)];
  const byDepth = (area: Area): number => area.properties.path.length;
  return areas
    .filter(({ geometry }) => geometry !== null)
    .map((area) => ({ ...area, geometry: from === to ? area.geometry : withCorners(area.geometry, moved) }))
    .sort((a, b) => byDepth(a) - byDepth(b));
}

export function areaFeatures(areas: readonly Area[]): FeatureCollection {
  return collection(
    areas.map((area) => feature(area.geometry as Geometry, { path: area.properties.path, depth: depthOf(area) })),
  );
}

/** Their names, each in the middle of its area; the top one needs none where others fill it. */
export function nameFeatures(areas: readonly Area[]): Points {
  const named = areas.length > 1 ? areas.slice(1) : areas;
  return collection(
    named.map((area) => point(middleOf(area), { name: pick(area.properties.name), depth: depthOf(area) })),
  );
}

/** The smallest area that a position lies in. */
export function areaAt(areas: readonly Area[], position: Position): Area | null {
  return areas.findLast((area) => polygonsOf(area).some(([outline, ...holes]) => isIn(outline, position) && !holes.some((hole) => isIn(hole, position)))) ?? null;
}

/** What encloses all positions; null where there is none. */
export function boundsOf(positions: Iterable<readonly number[]>): Bounds | null {
  let found: [number, number, number, number] | null = null;
  for (const [x = 0, y = 0] of positions) {
    found ??= [x, y, x, y];
    found = [Math.min(found[0], x), Math.min(found[1], y), Math.max(found[2], x), Math.max(found[3], y)];
  }
  return found;
}

export function isWithin([west, south, east, north]: Bounds, [x, y]: Position): boolean {
  return x >= west && x <= east && y >= south && y <= north;
}

export function cornersOf(areas: readonly Area[]): Corner[] {
  return areas.flatMap((area) => polygonsOf(area).flat(2));
}

/** Whether an area is another or lies below it. */
export function covers(path: string, other: string): boolean {
  return other === path || other.startsWith(`${path}/`);
}

function depthOf(area: Area): number {
  return area.properties.path.split("/").length;
}

function polygonsOf({ geometry }: Area): Corner[][][] {
  if (geometry === null) {
    return [];
  }
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

function withCorners(geometry: Area["geometry"], moved: (corner: Corner) => number[]): Area["geometry"] {
  if (geometry?.type === "Polygon") {
    return { ...geometry, coordinates: geometry.coordinates.map((ring) => ring.map(moved)) };
  }
  return geometry && { ...geometry, coordinates: geometry.coordinates.map((one) => one.map((ring) => ring.map(moved))) };
}

/** The middle of what encloses its largest piece. */
function middleOf(area: Area): Position {
  const pieces = polygonsOf(area).map(([outline = []]): Bounds => boundsOf(outline) ?? [0, 0, 0, 0]);
  const size = ([west, south, east, north]: Bounds): number => (east - west) * (north - south);
  const [west, south, east, north] = pieces.reduce((a, b) => (size(b) > size(a) ? b : a));
  return [(west + east) / 2, (south + north) / 2];
}

/** By how often a ray to the east crosses the ring. */
function isIn(ring: Corner[] | undefined, [x, y]: Position): boolean {
  let inside = false;
  (ring ?? []).forEach(([x1 = 0, y1 = 0], at, all) => {
    const [x2 = 0, y2 = 0] = all.at(at - 1) ?? [];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) {
      inside = !inside;
    }
  });
  return inside;
}

function point(place: Position, properties: Record<string, unknown>): Feature<Point> {
  return feature({ type: "Point", coordinates: [...place] }, properties);
}

function feature<G extends Geometry>(geometry: G, properties: Record<string, unknown>): Feature<G> {
  return { type: "Feature", geometry, properties };
}

function collection<G extends Geometry>(features: Feature<G>[]): FeatureCollection<G> {
  return { type: "FeatureCollection", features };
}
