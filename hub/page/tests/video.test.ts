/** Live video: where the boxes stand in a picture, how closely the player follows, and what a wall shows. */
import { describe, expect, it } from "vitest";

import { Looks } from "@/video/looks";
import { parseNote, type Box, type Look } from "@/video/messages";
import { AIM, MOST_RATE, step, TOO_FAR } from "@/video/pace";
import { nearest, stretchAt } from "@/video/stretches";
import { layoutOf, screenOf, screensOf } from "@/video/wall";

function look(time: number, ...boxes: readonly [number, Box][]): Look {
  return { type: "look", time, objects: boxes.map(([track, box]) => ({ track, name: "car", score: 0.9, box })) };
}

describe("the boxes of a picture", () => {
  it("move evenly between two looks, and stand where an object is seen once", () => {
    const looks = new Looks();
    looks.add(look(10, [1, [0, 0, 0.2, 0.2]], [2, [0.5, 0.5, 0.6, 0.6]]));
    looks.add(look(11, [1, [0.4, 0, 0.6, 0.2]]));
    const [first, second] = looks.at(10.5).objects;
    expect(first?.box[0]).toBeCloseTo(0.2);
    expect(second?.box).toEqual([0.5, 0.5, 0.6, 0.6]);
  });

  it("are none before the first look and when the last one is long ago", () => {
    const looks = new Looks();
    looks.add(look(10, [1, [0, 0, 0.2, 0.2]]));
    expect(looks.at(9.9).objects).toEqual([]);
    expect(looks.at(11.5).objects).toHaveLength(1);
    expect(looks.at(11.5).age).toBeCloseTo(1.5);
    expect(looks.at(16).objects).toEqual([]);
  });
});

describe("the player's pace", () => {
  it("is even at its aim, faster behind it, slower before it, and a jump where it is far off", () => {
    expect(step(10, 10 + AIM)).toEqual({ kind: "rate", rate: 1 });
    expect(step(10, 10.5)).toMatchObject({ kind: "rate", rate: expect.closeTo(1.2) as number });
    expect(step(10, 11.1)).toEqual({ kind: "rate", rate: MOST_RATE });
    expect(step(10, 10.05)).toEqual({ kind: "rate", rate: 0.94 });
    expect(step(10, 10.1 + TOO_FAR)).toEqual({ kind: "jump", to: 10.1 + TOO_FAR - AIM });
    expect(step(0, 0.1).kind).toBe("rate");
  });
});

describe("a player that was held up", () => {
  it("is less than a second behind again within a second, and soon where it was", () => {
    let behind = TOO_FAR - 0.01;
    let seconds = 0;
    const untilBelow = (wanted: number): number => {
      for (; behind > wanted; seconds += 0.2) {
        const next = step(100 - behind, 100);
        behind -= 0.2 * (next.kind === "rate" ? next.rate - 1 : 0);
      }
      return seconds;
    };
    expect(untilBelow(0.8)).toBeLessThan(1);
    expect(untilBelow(0.5)).toBeLessThan(3);
  });
});

describe("a wall", () => {
  it("reads its address, whatever stands there", () => {
    expect(layoutOf("16")).toBe(16);
    expect(layoutOf("7")).toBe(4);
    expect(screensOf(17, 16)).toBe(2);
    expect(screensOf(0, 4)).toBe(1);
    expect(screenOf("3", 2)).toBe(2);
    expect(screenOf("x", 2)).toBe(1);
  });
});

describe("a note", () => {
  it("of a later version is left aside", () => {
    expect(parseNote('{"type":"later"}')).toBeNull();
    expect(parseNote('{"type":"refused","reason":"masked"}')).toEqual({ type: "refused", reason: "masked" });
  });
});

describe("kept video", () => {
  const stretches = [[10, 20], [30, 40]] as const;

  it("is there or not at a moment; what lies in a gap goes on behind it, what lies behind all at its end", () => {
    expect(stretchAt(stretches, 15)).toEqual([10, 20]);
    expect(stretchAt(stretches, 9.8)).toEqual([10, 20]);
    expect(stretchAt(stretches, 19.9)).toBeNull();
    expect(stretchAt(stretches, 25)).toBeNull();
    expect(nearest(stretches, 15)).toBe(15);
    expect(nearest(stretches, 25)).toBe(30);
    expect(nearest(stretches, 5)).toBe(10);
    expect(nearest(stretches, 99)).toBe(39);
    expect(nearest([], 15)).toBeNull();
  });
});
