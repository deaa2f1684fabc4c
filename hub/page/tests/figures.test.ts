import { describe, expect, it } from "vitest";

import { figureQueryOf, unknownOf } from "@/figures/query";
import type { City } from "@/api/types";

describe("the days that an address asks figures of", () => {
  it("are taken as they are", () => {
    expect(figureQueryOf({ reported_from: "2026-01-01", reported_to: "2026-01-31", area: "demo", more: "x" })).toEqual({
      reported_from: "2026-01-01",
      reported_to: "2026-01-31",
      area: "demo",
    });
  });

  it.each([
    ["no days", { reported_from: "2026-13-45", reported_to: "2026-02-01" }],
    ["one alone", { reported_from: "2026-01-01" }],
    ["a day that no month has", { reported_from: "2026-01-01", reported_to: "2026-02-30" }],
    ["days the wrong way round", { reported_from: "2026-02-01", reported_to: "2026-01-01" }],
    ["two at once", { reported_from: ["2026-01-01", "2026-01-02"], reported_to: "2026-02-01" }],
  ])("are the usual ones where it gives %s", (_what, days) => {
    expect(figureQueryOf({ ...days, scene: "smoke_fire" })).toEqual({ scene: "smoke_fire" });
  });
});

describe("an address that names what the city does not have", () => {
  const city = { areas: [{ path: "demo" }], units: [{ id: "parks" }] } as unknown as City;

  it("is told from one that does", () => {
    expect(unknownOf({ area: "demo", unit: "parks" }, city)).toEqual([]);
    expect(unknownOf({ area: "", unit: null }, city)).toEqual([]);
    expect(unknownOf({ area: "demo/gone", unit: "no-such" }, city)).toEqual(["demo/gone", "no-such"]);
    expect(unknownOf({ area: "demo", had_unit: "parks", answering: "gone" }, city)).toEqual(["gone"]);
  });

  it("says nothing before the city's names are there", () => {
    expect(unknownOf({ area: "demo/gone" }, null)).toEqual([]);
  });
});
