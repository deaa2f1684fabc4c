/** The figures as rows of charts: what stands on each bar, and the cases behind it. */
import type { Figures } from "@/api/types";
import type { MessageKey } from "@/i18n/messages";
import { milestoneName } from "@/format/milestones";
import { named, t } from "@/i18n/words";
import { areaName, sceneName, unitName } from "@/live/city";
import { cameraName } from "@/live/cameras";

import type { FigureQuery } from "./query";

export type Behind = Readonly<Record<string, string>>;

export interface Row {
  key: string;
  label: string;
  /** Null where nothing was measured. */
  now: number | null;
  before: number | null;
  /** Of how many; only where it is a share. */
  of?: number;
  beforeOf?: number;
  /** The cases behind the bar; their period is the one that is shown unless they name days. */
  behind: Behind;
  /** Of the period before; null where its cases are not to be told apart. */
  behindBefore: Behind | null;
}

export interface Chart {
  name: string;
  shape: "columns" | "rows";
  rows: readonly Row[];
  seconds?: boolean;
  /** What is said in the place of an empty chart. */
  nothing: MessageKey;
}

interface Counted { now: number; of: number; before: number; before_of: number }

/** All charts of the page in their order. */
export function chartsOf(figures: Figures, asked: FigureQuery): Chart[] {
  const here: Behind = {
    ...(asked.scene ? { scene: asked.scene } : {}),
    ...(asked.area ? { area: asked.area } : {}),
    ...(asked.unit ? { had_unit: asked.unit } : {}),
  };
  const now = { reported_from: figures.period.first, reported_to: figures.period.last };
  const before = { reported_from: figures.before.first, reported_to: figures.before.last };
  const row = (key: string, label: string, count: Counted, facts: Behind, isShare = false): Row => ({
    key,
    label,
    now: count.now,
    before: count.before,
    ...(isShare ? { of: count.of, beforeOf: count.before_of } : {}),
    behind: { ...here, ...now, ...facts },
    behindBefore: { ...here, ...before, ...facts },
  });
  const some = (count: Counted): boolean => count.of + count.before_of > 0;
  const day = (one: Figures["days"][number], place: number): Row => {
    const then = addDays(figures.before.first, place);
    return {
      ...row(one.day, one.day.slice(5), one, { reported_from: one.day, reported_to: one.day }),
      behindBefore: { ...here, reported_from: then, reported_to: then },
    };
  };
  return [
    { name: "days", shape: "columns", nothing: "figures.nothing", rows: figures.days.map(day) },
    { name: "hours", shape: "columns", nothing: "figures.nothing", rows: figures.hours.map((one) => row(String(one.hour), String(one.hour), one, { hour: String(one.hour) })) },
    { name: "states", shape: "rows", nothing: "figures.nothing", rows: figures.states.filter(some).map((one) => row(one.state, named("state", one.state), one, { state: one.state })) },
    { name: "scenes", shape: "rows", nothing: "figures.nothing", rows: figures.scenes.map((one) => row(one.scene, sceneName(one.scene), one, { scene: one.scene })) },
    { name: "grades", shape: "rows", nothing: "figures.nothing", rows: figures.grades.filter(some).map((one) => row(one.grade, named("grade", one.grade), one, { grade: one.grade })) },
    { name: "times", shape: "rows", seconds: true, nothing: "figures.none.stage", rows: figures.times.flatMap((one) => timeRows(one, { ...here, ...now }, { ...here, ...before })) },
    { name: "late_by_area", shape: "rows", nothing: "figures.none.late", rows: figures.late_by_area.map((one) => row(`${one.area}${one.direct ? "!" : ""}`, placeName(one), one, { area: one.area, late: "true", ...(one.direct ? { direct: "true" } : {}) }, true)) },
    { name: "late_by_unit", shape: "rows", nothing: "figures.none.turns", rows: figures.late_by_unit.map((one) => row(one.unit, unitName(one.unit), one, { had_unit: one.unit, late_turn: "true" }, true)) },
    ...(figures.milestones.length === 0 ? [] : [{ name: "milestones", shape: "rows" as const, nothing: "figures.nothing" as const, rows: figures.milestones.map((one) => row(one.milestone, milestoneName({ id: one.milestone, name: one.name }), one, { milestone: one.milestone, kept: "true" }, true)) }]),
    { name: "false_by_scene", shape: "rows", nothing: "figures.none.false", rows: figures.false_by_scene.filter((one) => one.now + one.before > 0).map((one) => row(one.scene, sceneName(one.scene), one, { scene: one.scene, false_alarm: "true" }, true)) },
    { name: "false_by_camera", shape: "rows", nothing: "figures.none.false", rows: figures.false_by_camera.map((one) => row(`${one.gateway}/${one.camera}`, cameraName(one), one, { gateway: one.gateway, camera: one.camera, false_alarm: "true" }, true)) },
    { name: "appeals", shape: "rows", nothing: "figures.none.appeals", rows: figures.appeals.filter(some).map((one) => row(one.appeal, named("appealState", one.appeal), one, { appeal: one.appeal })) },
  ];
}

/** The figures that stand above the charts. */
export function headlines(figures: Figures, asked: FigureQuery): (Row & { name: string; nothing: MessageKey })[] {
  const [days] = chartsOf(figures, asked);
  const { behind = {}, behindBefore = {} } = days?.rows[0] ?? {};
  const now = { ...behind, reported_from: figures.period.first, reported_to: figures.period.last };
  const before = { ...behindBefore, reported_from: figures.before.first, reported_to: figures.before.last };
  const one = (name: string, count: Counted, facts: Behind, nothing: MessageKey, isShare = true): Row & { name: string; nothing: MessageKey } => ({
    key: name,
    name,
    nothing,
    label: named("figure", name),
    now: count.now,
    before: count.before,
    ...(isShare ? { of: count.of, beforeOf: count.before_of } : {}),
    behind: { ...now, ...facts },
    behindBefore: { ...before, ...facts },
  });
  return [
    one("total", figures.total, {}, "figures.nothing", false),
    one("late", figures.late, { late: "true" }, "figures.none.late"),
    one("false_alarms", figures.false_alarms, { false_alarm: "true" }, "figures.none.late"),
    one("reworked", figures.reworked, { reworked: "true" }, "figures.none.handled"),
    one("extended", figures.extended, { extended: "true" }, "figures.none.late"),
  ];
}

function timeRows(one: Figures["times"][number], now: Behind, before: Behind): Row[] {
  return (["median", "p90"] as const).map((kind) => ({
    key: `${one.stage}-${kind}`,
    label: `${named("stage", one.stage)} · ${named("figure", kind)}`,
    now: one.now[kind],
    before: one.before[kind],
    behind: { ...now, reached: one.stage },
    behindBefore: { ...before, reached: one.stage },
  }));
}

function placeName(one: Figures["late_by_area"][number]): string {
  return one.direct ? t("figures.onlyHere", { area: areaName(one.area) }) : areaName(one.area);
}

function addDays(day: string, count: number): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + count);
  return moment.toISOString().slice(0, 10);
}

