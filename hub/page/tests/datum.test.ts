import { describe, expect, it } from "vitest";

import { converted, type Position } from "@/map/datum";

/** Places in WGS 84 and in GCJ-02, as other programs for the same approximation give them. */
const KNOWN: readonly (readonly [string, Position, Position])[] = [
  ["Shanghai", [121.5272106, 31.1774276], [121.531541859215, 31.17530398364597]],
  ["Shenzhen", [113.912316, 22.543847], [113.9171764808363, 22.540796131694766]],
  ["Beijing", [116.377817, 39.911954], [116.38404722455657, 39.91334545536069]],
];

function expectClose(found: Position, wanted: Position, digits: number): void {
  expect(found[0]).toBeCloseTo(wanted[0], digits);
  expect(found[1]).toBeCloseTo(wanted[1], digits);
}

describe("WGS 84 and GCJ-02", () => {
  it.each(KNOWN)("agree with golden values at %s", (_name, wgs, gcj) => {
    expectClose(converted(wgs, "wgs84", "gcj02"), gcj, 9);
    expectClose(converted(gcj, "gcj02", "wgs84"), wgs, 7);
  });

  it("come back to where they began, to a millimetre, all over China", () => {
    for (let longitude = 74; longitude <= 134; longitude += 6) {
      for (let latitude = 18; latitude <= 53; latitude += 5) {
        const there = converted([longitude, latitude], "wgs84", "gcj02");
        expect(Math.hypot(there[0] - longitude, there[1] - latitude)).toBeGreaterThan(1e-4);
        expectClose(converted(there, "gcj02", "wgs84"), [longitude, latitude], 8);
      }
    }
  });

  it("are the same outside, and nothing happens within one datum", () => {
    expect(converted([2.35, 48.86], "wgs84", "gcj02")).toEqual([2.35, 48.86]);
    expect(converted([116.4, 39.9], "gcj02", "gcj02")).toEqual([116.4, 39.9]);
  });
});
