/** The list of cameras: what is found in it, and what is said once for all behind a gateway that is away. */
import { describe, expect, it } from "vitest";

import type { CameraView } from "@/api/types";
import { behindAway, chosen, EVERY_CAMERA, hasFault } from "@/cameras/filter";

function camera(name: string, more: Partial<CameraView> = {}): CameraView {
  return {
    gateway: "gate-1",
    camera: name,
    name,
    area_name: { zh: "东社区", en: "East" },
    scenes: ["smoke"],
    state: "online",
    gateway_online: true,
    lateness: 0,
    detail: "",
    ...more,
  } as CameraView;
}

const fine = camera("东门路口", { camera: "east-gate" });
const late = camera("west", { lateness: 3, scenes: ["illegal_parking"] });
const away = camera("north", { gateway: "gate-2", gateway_online: false });
const all = [fine, late, away];

describe("the list of cameras", () => {
  it("finds each word in name, identifier, area or gateway", () => {
    expect(chosen(all, { ...EVERY_CAMERA, words: "东门 EAST-gate" })).toEqual([fine]);
    expect(chosen(all, { ...EVERY_CAMERA, words: "gate-2" })).toEqual([away]);
    expect(chosen(all, { ...EVERY_CAMERA, words: "东门 gate-2" })).toEqual([]);
  });

  it("tells what is wrong from what is not, and what is looked for", () => {
    expect(chosen(all, { ...EVERY_CAMERA, health: "faults" })).toEqual([late, away]);
    expect(chosen(all, { ...EVERY_CAMERA, health: "fine" })).toEqual([fine]);
    expect(chosen(all, { ...EVERY_CAMERA, scene: "illegal_parking" })).toEqual([late]);
    expect(hasFault(camera("x", { state: "starting" }))).toBe(true);
  });

  it("is grouped behind gateways that are away", () => {
    expect([...behindAway(all)]).toEqual([["gate-2", [away]]]);
  });
});
