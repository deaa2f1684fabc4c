import { describe, expect, it } from "vitest";
import { createApp, h, nextTick, shallowReactive } from "vue";

import "../stories/pretendHub";
import { camera } from "../stories/samples";
import type { CameraView } from "@/api/types";
import MapPlacing from "@/map/MapPlacing.vue";
import type { Position } from "@/map/datum";

describe("a place that is typed in figures", () => {
  it("stays as it is typed while its gateway tells of the camera, and moves the mark once it is a place", async () => {
    const shown = shallowReactive<{ camera: CameraView; at: Position }>({ camera, at: [120.5, 29.6] });
    const moved: Position[] = [];
    const root = document.createElement("div");
    const app = createApp({ render: () => h(MapPlacing, { camera: shown.camera, at: shown.at, datum: "wgs84", onMove: (at: Position) => moved.push(at) }) });
    app.mount(root);
    const [east, north] = root.querySelectorAll("input");
    const type = async (field: HTMLInputElement | undefined, words: string): Promise<void> => {
      if (field !== undefined) {
        field.value = words;
        field.dispatchEvent(new Event("input"));
        field.dispatchEvent(new Event("change"));
      }
      await nextTick();
      shown.camera = { ...shown.camera, looks: shown.camera.looks + 1 };
      await nextTick();
    };
    await type(east, "999");
    expect([east?.value, moved]).toEqual(["999", []]);
    await type(north, "");
    expect([north?.value, moved]).toEqual(["", []]);
    await type(east, "120.6");
    await type(north, "29.7");
    expect(moved).toEqual([[120.6, 29.7]]);
    shown.at = [121, 30];
    await nextTick();
    expect([east?.value, north?.value]).toEqual(["121", "30"]);
    app.unmount();
  });
});
