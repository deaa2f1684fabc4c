import { describe, expect, it } from "vitest";

import { figureQueryOf } from "@/figures/query";

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
