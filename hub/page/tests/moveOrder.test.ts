import { describe, expect, it } from "vitest";

import type { LegalMove } from "@/api/types";
import { orderOf } from "@/case/moveOrder";

const moves = (...names: LegalMove["move"][]): LegalMove[] =>
  names.map((move) => ({ move, needs: [], either: [], reasons: [], turns: [], units: [], callers: [], note_for_unit: null }));
const names = (list: readonly LegalMove[]): string[] => list.map(({ move }) => move);

describe("the order of moves", () => {
  it("begins with what leads on and ends with what leads back", () => {
    const { main, onRoad, others } = orderOf(moves("reject", "comment", "file", "split"), [], null, false);
    expect([main, names(onRoad), names(others)]).toEqual(["file", ["file", "reject"], ["comment", "split"]]);
  });

  it("takes the camera's draft first, and an acknowledgement never", () => {
    expect(orderOf(moves("acknowledge", "pass", "fail"), [], "fail", false).main).toBe("fail");
    expect(orderOf(moves("acknowledge"), [], null, false).main).toBeUndefined();
  });

  it("has the unit's own steps on the road for units alone, and none that stand elsewhere", () => {
    expect(names(orderOf(moves("accept", "urge"), ["urge"], null, true).onRoad)).toEqual(["accept"]);
    expect(names(orderOf(moves("accept", "urge"), ["urge"], null, false).others)).toEqual(["accept"]);
  });
});
