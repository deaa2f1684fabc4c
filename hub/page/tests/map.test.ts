import { describe, expect, it } from "vitest";

import type { CameraView, MapCase } from "@/api/types";
import { areaAt, boundsOf, caseFeatures, covers, heatFeatures, keyOf, movedAreas, nameFeatures, placesOf, type Area } from "@/map/features";
import { layerOf } from "@/map/layers";
import { isCameraSelected, isSelected } from "@/map/selection";

const NOW = Date.parse("2026-01-02T04:00:00Z");

function aCase(own: Partial<MapCase> = {}): MapCase {
  return {
    id: 1,
    number: "2026-000001",
    scene: "illegal_parking",
    kind: null,
    source: "camera",
    place: "",
    longitude: null,
    latitude: null,
    grade: "serious",
    state: "filed",
    gateway: "gate-1",
    camera: "east-gate",
    area: "demo/first/east",
    unit: null,
    due_at: null,
    rank: 1,
    ...own,
  };
}

const square = (west: number, south: number, size: number): number[][][] => [
  [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ],
];

function anArea(path: string, coordinates: number[][][] | null): Area {
  return {
    type: "Feature",
    id: path,
    geometry: coordinates && { type: "Polygon", coordinates },
    properties: { path, name: { zh: path, en: path }, parent: null },
  };
}

const cameras = [
  { gateway: "gate-1", camera: "east-gate", longitude: 120.5, latitude: 30 },
  { gateway: "gate-1", camera: "loose", longitude: null, latitude: null },
] as CameraView[];
const places = placesOf(cameras, "wgs84", "wgs84");

describe("cases on the map", () => {
  it("stand where their camera stands, in the datum of the ground; those without a place are left out", () => {
    const found = caseFeatures([aCase(), aCase({ id: 2, camera: "loose" }), aCase({ id: 3, gateway: null, camera: null })], places, NOW);
    expect(found.features.map(({ geometry, properties }) => [String(properties?.["id"]), geometry.coordinates])).toEqual([["1", [120.5, 30]]]);
    const [longitude = 0, latitude = 0] = placesOf(cameras, "wgs84", "gcj02").get(keyOf("gate-1", "east-gate")) ?? [];
    expect(Math.hypot(longitude - 120.5, latitude - 30)).toBeGreaterThan(0.001);
  });

  it("say whether they are late", () => {
    const late = (due_at: string, state: MapCase["state"] = "filed"): unknown =>
      caseFeatures([aCase({ due_at, state })], places, NOW).features[0]?.properties?.["late"];
    expect([late("2026-01-02T03:59:00Z"), late("2026-01-02T04:01:00Z"), late("2026-01-02T03:59:00Z", "handled")]).toEqual([true, false, false]);
  });

  it("are picked by area and all below, by rectangle, by hand, or for want of a place", () => {
    const loose = aCase({ camera: "loose", area: "demo/first-east" });
    const picks = (item: MapCase): boolean[] => [
      isSelected(item, { kind: "area", path: "demo/first" }, places),
      isSelected(item, { kind: "box", bounds: [120, 29, 121, 31] }, places),
      isSelected(item, { kind: "spot", ids: new Set([1]) }, places),
      isSelected(item, { kind: "unplaced" }, places),
    ];
    expect(picks(aCase())).toEqual([true, true, true, false]);
    expect(picks({ ...loose, id: 9 })).toEqual([false, false, false, true]);
    expect(isSelected(aCase(), { kind: "box", bounds: [121, 29, 122, 31] }, places)).toBe(false);
  });
});

describe("cameras of a selection", () => {
  it("are those in the box or the area; a selection of cases alone says nothing of cameras", () => {
    const [gate, loose] = [{ ...cameras[0], area: "demo/first/east" }, { ...cameras[1], area: "demo/second" }] as [CameraView, CameraView];
    expect([gate, loose].map((one) => isCameraSelected(one, { kind: "box", bounds: [120, 29, 121, 31] }, places))).toEqual([true, false]);
    expect(isCameraSelected(gate, { kind: "box", bounds: [121, 29, 122, 31] }, places)).toBe(false);
    expect([gate, loose].map((one) => isCameraSelected(one, { kind: "area", path: "demo/first" }, places))).toEqual([true, false]);
    expect([null, { kind: "view", ids: new Set([1]) } as const].map((one) => isCameraSelected(gate, one, places))).toEqual([null, null]);
  });
});

describe("areas on the map", () => {
  const areas = movedAreas(
    [anArea("demo/first/east", square(2, 2, 2)), anArea("demo", [...square(0, 0, 10), ...square(7, 7, 2)]), anArea("demo/none", null)],
    "wgs84",
    "wgs84",
  );

  it("are found from the inside out, holes left out", () => {
    const at = (x: number, y: number): string | undefined => areaAt(areas, [x, y])?.properties.path;
    expect([at(3, 3), at(5, 5), at(8, 8), at(11, 5)]).toEqual(["demo/first/east", "demo", undefined, undefined]);
  });

  it("lie one below the other, and name themselves where they are not the whole", () => {
    expect(areas.map(({ properties }) => properties.path)).toEqual(["demo", "demo/first/east"]);
    expect(nameFeatures(areas).features.map(({ properties, geometry }) => [String(properties?.["name"]), geometry.coordinates])).toEqual([["demo/first/east", [3, 3]]]);
    expect(covers("demo/first", "demo/first-street")).toBe(false);
  });
});

describe("counts and bounds", () => {
  it("weigh in shares of the largest count", () => {
    const counts = [{ gateway: "gate-1", camera: "east-gate", count: 5 }, { gateway: "gate-1", camera: "loose", count: 10 }];
    expect(heatFeatures(counts, places).features.map(({ properties }) => properties)).toEqual([{ count: 5, weight: 0.5 }]);
  });

  it("enclose everything, or nothing", () => {
    expect(boundsOf([[3, 4], [1, 9]])).toEqual([1, 4, 3, 9]);
    expect(boundsOf([])).toBeNull();
  });

  it("know which switch a layer belongs to", () => {
    expect(["cases-cluster", "heat", "chosen", "ground"].map(layerOf)).toEqual(["cases", "heat", null, null]);
  });
});
