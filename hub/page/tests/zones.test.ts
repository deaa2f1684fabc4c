import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { settingTitles } from "@/i18n/settingTitles";
import { setLocale } from "@/i18n/words";
import { differences } from "@/zones/diff";
import { useEditor, type Draft } from "@/zones/editor";
import { area, contains, crossesItself, moved, snap, type Point } from "@/zones/geometry";
import { summaryOf, type TriedAlarm } from "@/zones/past";
import type { SceneSchemas, Values } from "@/zones/schema";
import { useTimeline } from "@/zones/timeline";

const SIZE = { width: 1000, height: 500 };
const SQUARE: readonly Point[] = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]];
const BOW: readonly Point[] = [[0.2, 0.2], [0.6, 0.6], [0.6, 0.2], [0.2, 0.6]];
// what the gateway's own code wrote
const schemas = JSON.parse(readFileSync("../../contract/sharp_eyes/contract/scene_settings.json", "utf-8")) as SceneSchemas;

function draftWith(zones: readonly Values[], more: Values = {}): Draft {
  return { scenes: [{ scene: "illegal_parking", zones, ...more }], calibration: null };
}

describe("geometry", () => {
  it("tells crossing edges from those that only meet", () => {
    expect(crossesItself(SQUARE)).toBe(false);
    expect(crossesItself(BOW)).toBe(true);
    expect(crossesItself(SQUARE.slice(0, 3))).toBe(false);
  });

  it("measures in shares of the picture", () => {
    expect(area(SQUARE)).toBeCloseTo(0.16);
    expect(contains(SQUARE, [0.3, 0.3])).toBe(true);
    expect(contains(SQUARE, [0.7, 0.3])).toBe(false);
  });

  it("draws to a corner before an edge, and to an edge before the border", () => {
    const targets = [{ points: SQUARE, closed: true }];
    expect(snap([0.605, 0.19], targets, SIZE, 10)).toEqual({ point: [0.6, 0.2], to: "corner" });
    expect(snap([0.4, 0.21], targets, SIZE, 10)).toEqual({ point: [0.4, 0.2], to: "edge" });
    expect(snap([0.995, 0.5], targets, SIZE, 10)).toEqual({ point: [1, 0.5], to: "border" });
    expect(snap([0.8, 0.5], targets, SIZE, 10)).toEqual({ point: [0.8, 0.5], to: null });
    // ten pixels are further across than down: the picture is twice as wide
    expect(snap([0.4, 0.23], targets, SIZE, 10).to).toBeNull();
  });

  it("keeps a shape that is moved inside the picture, in its form", () => {
    expect(moved(SQUARE, 0.9, -0.1)).toEqual([[0.6, 0.1], [1, 0.1], [1, 0.5], [0.6, 0.5]]);
  });
});

describe("undo and redo", () => {
  it("takes the steps of one gesture as one", () => {
    const line = useTimeline(0);
    for (const next of [1, 2, 3]) {
      line.step(next, "drag");
    }
    line.step(4);
    line.undo();
    expect(line.now.value).toBe(3);
    line.undo();
    expect([line.now.value, line.canUndo.value]).toEqual([0, false]);
    line.redo();
    line.redo();
    expect([line.now.value, line.canRedo.value]).toEqual([4, false]);
  });
});

describe("the editor", () => {
  it("draws what a scene's schema says can be drawn, and gives it a free name", () => {
    const editor = useEditor(schemas);
    editor.load(draftWith([{ id: "zone-1", polygon: SQUARE }]));
    expect(editor.tools.value.map(({ key }) => key)).toEqual(["scenes.0.zones", "scenes.0.bays", "scenes.0.bus_stops"]);
    const [zones] = editor.tools.value;
    expect(zones).toBeDefined();
    if (zones !== undefined) {
      editor.begin(zones);
    }
    editor.place([0, 0]);
    editor.place([0.1, 0]);
    editor.finish();
    expect(editor.shapes.value).toHaveLength(1);
    editor.place([0.1, 0.1]);
    editor.finish();
    expect(editor.shape.value?.name).toBe("zone-2");
    expect(editor.removeChosen()).toBe(true);
    editor.timeline.undo();
    expect(editor.shapes.value).toHaveLength(2);
  });

  it("offers what belongs to the chosen zone, and ends a length at its second point", () => {
    const editor = useEditor(schemas);
    editor.load({ scenes: [{ scene: "bike_clutter", zones: [{ id: "a", polygon: SQUARE }] }], calibration: {} });
    editor.choose("scenes.0.zones.0.polygon");
    expect(editor.tools.value.map(({ key }) => key)).toContain("scenes.0.zones.0.docks");
    editor.show(["calibration"]);
    const length = editor.tools.value.find(({ key }) => key === "calibration.length");
    expect(length).toBeDefined();
    if (length !== undefined) {
      editor.begin(length);
    }
    editor.place([0.1, 0.9]);
    editor.place([0.4, 0.9]);
    expect(editor.draft.value.calibration).toEqual({ length: { start: [0.1, 0.9], end: [0.4, 0.9] } });
  });

  it("keeps the points that a shape needs", () => {
    const editor = useEditor(schemas);
    editor.load(draftWith([{ id: "a", polygon: SQUARE.slice(0, 3) }]));
    editor.choose("scenes.0.zones.0.polygon", 1);
    expect(editor.removeChosen()).toBe(false);
  });
});

describe("what the gateway would refuse", () => {
  const wrong = (draft: Draft): string[] => {
    const editor = useEditor(schemas);
    editor.load(draft);
    return editor.problems.value.map(({ key, words }) => `${key}: ${words}`);
  };

  it("is said at its place", () => {
    setLocale("en");
    expect(wrong(draftWith([{ id: "a", polygon: SQUARE }]))).toEqual([]);
    expect(wrong(draftWith([]))).toEqual(["scenes.0: Draw at least one zone or line"]);
    expect(wrong(draftWith([{ id: "a", polygon: BOW }]))[0]).toBe("scenes.0.zones.0.polygon: The polygon's edges cross");
    expect(wrong(draftWith([{ id: "a", polygon: [[0, 0], [0.001, 0], [0, 0.001]] }]))[0]).toContain("too small");
    expect(wrong(draftWith([{ id: "a", polygon: [[0, 0], [1.2, 0], [0, 1]] }]))[0]).toContain("outside");
    const twice = { id: "a", polygon: SQUARE };
    expect(wrong(draftWith([twice, twice]))).toEqual(["scenes.0.zones.1.id: The identifier a is taken"]);
    expect(wrong(draftWith([{ id: "A b", polygon: SQUARE }], { dwell: 0, grace: 601 }))).toEqual([
      "scenes.0.grace: At most 600",
      "scenes.0.zones.0.id: Small letters, digits, - and _ only; a letter or digit first",
      "scenes.0.dwell: More than 0",
    ]);
    setLocale("zh");
  });
});

describe("what past alarms become", () => {
  const past = (fate: TriedAlarm["fate"], verdict: TriedAlarm["verdict"]): TriedAlarm => ({
    ...{ event_id: `${fate}-${verdict}`, case_id: 1, case_number: "2026-1", scene: "illegal_parking", zone: "kerb" },
    ...{ started_at: "2026-01-02T03:04:05Z", picture_id: null, box: null, fate, verdict },
  });

  it("is counted by verdict: wrong ones gone, right ones lost, and nothing is claimed of what could not be tried", () => {
    const alarms = [
      past("quiet", "false"), past("quiet", "false"), past("quiet", "confirmed"), past("quiet", "unjudged"),
      past("raised", "false"), past("raised", "confirmed"), past("untried", "false"), past("untried", "confirmed"),
    ];
    expect(summaryOf(alarms)).toEqual({ tried: 6, raised: 2, falseGone: 2, rightLost: 1, untried: 2 });
  });
});

describe("what a version changed", () => {
  it("is said in words, by zone and setting", () => {
    setLocale("en");
    const zone = { id: "kerb", name: "Kerb", polygon: SQUARE };
    const before = { scenes: draftWith([zone]).scenes, tiles: 1 };
    const after = { scenes: draftWith([{ ...zone, polygon: SQUARE.slice(1) }, { id: "b", polygon: SQUARE }], { dwell: 60 }).scenes };
    expect(differences(before, after, schemas).map(({ where, what }) => `${where.join("/")}: ${what}`)).toEqual([
      "illegal_parking/Kerb: redrawn (4 → 3 points)",
      "illegal_parking/b: added",
      "illegal_parking: Seconds a vehicle may stand: 180 → 60",
      "Tiles: given back to the gateway's file",
    ]);
    expect(differences(before, before, schemas)).toEqual([]);
    setLocale("zh");
  });
});

describe("words of the settings", () => {
  it("has Chinese for every title of the schema", () => {
    const titles = new Set<string>();
    const gather = (value: unknown): void => {
      if (typeof value !== "object" || value === null) {
        return;
      }
      for (const [key, part] of Object.entries(value)) {
        const properties = key === "properties" ? Object.values(part as Record<string, { title?: string }>) : [];
        properties.forEach(({ title }) => title !== undefined && titles.add(title));
        gather(part);
      }
    };
    gather(schemas);
    expect([...titles].filter((title) => !(title in settingTitles))).toEqual([]);
    expect(Object.keys(settingTitles).filter((title) => !titles.has(title))).toEqual([]);
  });
});
