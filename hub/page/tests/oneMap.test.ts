import { describe, expect, it } from "vitest";

import type { City, Place, Thing } from "@/api/types";
import { boundsAsked } from "@/map/asked";
import { thingFeatures } from "@/map/features";
import { layerOf } from "@/map/layers";
import { placeOfChosen } from "@/map/selection";
import { onEarth, thingName } from "@/map/things";
import { bodyOf, draftOf, factsOf, formOf, textOf } from "@/register/places";

const kind: City["place_kinds"][number] = {
  id: "building",
  name: { zh: "楼", en: "Building" },
  fields: [
    { id: "floors", name: { zh: "层数", en: "Floors" }, type: "count", unit: "", required: true, households: false },
    { id: "lift", name: { zh: "电梯", en: "Lift" }, type: "yes_no", unit: "", required: false, households: false },
    { id: "height", name: { zh: "高度", en: "Height" }, type: "number", unit: "m", required: false, households: false },
  ],
};

const house: Place = {
  id: 1, kind: "building", number: "B-1", name: "No. 1", area: "demo/east", longitude: 120.5, latitude: 29.6,
  facts: { floors: 6, lift: false, height: 18.5 }, changed_by: "lead", changed_at: "2026-03-01T00:00:00Z",
};

function aThing(own: Partial<Thing["properties"]> = {}): Thing {
  return {
    type: "Feature",
    id: `${own.layer ?? "places"}/000000000001`,
    geometry: { type: "Point", coordinates: [120.5, 29.6] },
    properties: { layer: "places", kind: "hydrant", name: "H", area: "demo", certainty: "own", state: null, count: null, distance: null, facts: {}, ...own },
  };
}

describe("the register of places", () => {
  it("says facts with their units, in the order of the kind's fields", () => {
    expect(factsOf(kind, house.facts).map(({ id, words }) => [id, words])).toEqual([["floors", "6"], ["lift", expect.stringMatching(/^(no|否)$/)], ["height", "18.5 m"]]);
    expect(factsOf(null, house.facts)).toEqual([]);
  });

  it("sends nothing while nobody says the datum, and keeps what was there", () => {
    expect(bodyOf({ ...draftOf(null, "building"), longitude: "120.5", latitude: "29.6" }, kind)).toBeNull();
    const body = bodyOf(draftOf(house, ""), kind);
    expect(body).toMatchObject({ datum: "wgs84", longitude: 120.5, facts: { floors: "6", lift: "false", height: "18.5" } });
  });

  it("reads files of Chinese spreadsheets, and knows GeoJSON by its name", () => {
    expect(textOf(new Uint8Array([0xb1, 0xe0, 0xba, 0xc5]).buffer)).toBe("编号");
    expect(textOf(new TextEncoder().encode("编号").buffer)).toBe("编号");
    expect(["a.GeoJSON", "a.json", "a.csv", "a"].map(formOf)).toEqual(["geojson", "geojson", "csv", "csv"]);
  });
});

describe("things on the map", () => {
  it("are drawn by layer; who stands in an area's middle is marked", () => {
    const things = [aThing(), aThing({ layer: "people", certainty: "area", name: "Wang" })];
    expect(thingFeatures(things, "people", thingName).features.map(({ properties }) => [String(properties?.["name"]), String(properties?.["sure"])])).toEqual([["Wang", "false"]]);
    expect(layerOf("people")).toBe("people");
    expect(placeOfChosen({ kind: "thing", thing: aThing() }, [], new Map())).toEqual([120.5, 29.6]);
  });

  it("are asked for within the earth, and around the place that an address names", () => {
    expect(onEarth([-200, -95, 200, 95])).toEqual([-180, -90, 180, 90]);
    expect(["", "120.5", "a,b", "120.5,99"].map((said) => boundsAsked(said, "wgs84"))).toEqual([null, null, null, null]);
    const [west = 0, , east = 0] = boundsAsked("120.5,29.6", "wgs84") ?? [];
    expect((west + east) / 2).toBeCloseTo(120.5);
    const [shifted = 0] = boundsAsked("120.5,29.6", "gcj02") ?? [];
    expect(Math.abs(shifted - west)).toBeGreaterThan(0.002);
  });
});
