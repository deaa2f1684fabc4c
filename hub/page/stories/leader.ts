/** What a leader looks at: figures, and the wall. */
import DefinitionMark from "@/figures/DefinitionMark.vue";
import FigureChart from "@/figures/FigureChart.vue";
import FigureFilters from "@/figures/FigureFilters.vue";
import FigureTable from "@/figures/FigureTable.vue";
import HeadlineFigure from "@/figures/HeadlineFigure.vue";
import type { Chart, Row } from "@/figures/rows";
import { followCameras } from "@/live/cameras";
import { followCity } from "@/live/city";
import { followCounts } from "@/queue/counts";
import WallAlert from "@/wall/WallAlert.vue";
import WallCounts from "@/wall/WallCounts.vue";
import WallHead from "@/wall/WallHead.vue";
import WallMap from "@/wall/WallMap.vue";
import WallToday from "@/wall/WallToday.vue";

import { following } from "./follow";
import { ago, camera, CITY, fresh, gateway, late, LONG, wordy } from "./samples";
import { story } from "./story";

const row = (key: string, own: Partial<Row> = {}): Row => ({ key, label: key, now: 12, before: 9, behind: {}, behindBefore: {}, ...own });
const counts = { name: "scenes", shape: "rows", nothing: "figures.nothing", rows: [row("机动车违停"), row("消防通道占用", { now: 0 }), row(LONG, { now: 40_128, before: 1 })] } satisfies Chart;
const shares = { name: "late_by_area", shape: "rows", nothing: "figures.none.late", rows: [row("东社区", { of: 144, beforeOf: 20 }), row("西社区", { now: 0, of: 0, before: 0, beforeOf: 0 })] } satisfies Chart;
const times = { name: "times", shape: "rows", seconds: true, nothing: "figures.none.stage", rows: [row("派遣", { now: 41.2, before: 90_000 }), row("到场", { now: null, before: null })] } satisfies Chart;
const days = { name: "days", shape: "columns", nothing: "figures.nothing", rows: Array.from({ length: 28 }, (_, day) => row(`11-${String(day + 1).padStart(2, "0")}`, { now: (day * 7) % 11 })) } satisfies Chart;
const none = { ...counts, rows: counts.rows.map((one) => ({ ...one, now: 0, before: 0 })) };
const headline = { ...row("late", { of: 144, beforeOf: 20 }), name: "late", nothing: "figures.none.late" } as const;
const period = { first: "2026-11-01", last: "2026-11-28" };
const longCity = { ...CITY, areas: [...CITY.areas, { path: "demo/first-street/east/long", name: { zh: LONG, en: LONG } }] };
const city = { "/api/city": { body: longCity } };
const open = { open: 128, new: 12, handling: 74, check: 42, overdue: 3, unacknowledged: 5, unacknowledged_serious: 2, unacknowledged_major: 1 };
const eyes = (camerasUp: boolean): { "/api/cameras": { body: unknown }; "/api/gateways": { body: unknown } } => ({
  "/api/cameras": { body: [camera, camerasUp ? camera : { ...camera, camera: "west", state: "lost" }] },
  "/api/gateways": { body: [{ ...gateway, online: camerasUp }] },
});
const wall = following(followCameras, followCity, followCounts);
const usual = { today: 31, usual: 24.5 };
const unusual = { today: 31, usual: null };

export const leader = {
  DefinitionMark: story(DefinitionMark, {
    closed: { props: { name: "late" } },
    open: { props: { name: "late" }, then: (root) => { root.querySelector("button")?.focus(); } },
  }),
  FigureChart: story(FigureChart, {
    "by day": { props: { chart: days } },
    counts: { props: { chart: counts } },
    shares: { props: { chart: shares } },
    times: { props: { chart: times } },
    "as a table": { props: { chart: shares }, then: (root) => { root.querySelector<HTMLElement>(".chart__toggle")?.click(); } },
    nothing: { props: { chart: none } },
  }),
  FigureFilters: story(FigureFilters, {
    "usual days": { props: { asked: {}, period, today: period.last }, hub: city, follow: following(followCity) },
    "days of one's own": { props: { asked: { area: "demo/first-street/east" }, period: { ...period, first: "2026-11-03" }, today: period.last }, hub: city, follow: following(followCity) },
    "long words": { props: { asked: { area: "demo/first-street/east/long" }, period, today: period.last }, hub: city, follow: following(followCity) },
  }),
  FigureTable: story(FigureTable, {
    counts: { props: { chart: counts } },
    shares: { props: { chart: shares } },
    times: { props: { chart: times } },
    "cases of before unknown": { props: { chart: { ...counts, rows: [row("申诉", { behindBefore: null })] } } },
  }),
  HeadlineFigure: story(HeadlineFigure, {
    share: { props: { figure: headline } },
    count: { props: { figure: { ...row("total", { now: 40_128 }), name: "total", nothing: "figures.nothing" } } },
    "of nothing": { props: { figure: { ...headline, now: 0, of: 0 } } },
  }),
  WallAlert: story(WallAlert, {
    major: { props: { item: late } },
    serious: { props: { item: { ...fresh, grade: "serious" } } },
    "no picture": { props: { item: { ...late, picture_id: null, crop_id: null } } },
    "long words": { props: { item: { ...wordy, grade: "major" } } },
  }),
  WallCounts: story(WallCounts, {
    "some are late": { props: { overdue: 3 }, hub: { "/api/cases/counts": { body: open } }, follow: wall },
    nothing: { props: { overdue: 0 } },
  }),
  WallHead: story(WallHead, {
    "all is there": { props: { asOf: Date.parse(ago(1)) }, hub: { ...city, ...eyes(true) }, follow: wall },
    "cameras are away": { props: { asOf: Date.parse(ago(1)) }, hub: { ...city, ...eyes(false) }, follow: wall },
    "long words": { props: { asOf: Date.parse(ago(1)) }, hub: { "/api/city": { body: { ...CITY, areas: [{ path: "demo", name: { zh: LONG, en: LONG } }] } }, ...eyes(false) }, follow: wall },
  }),
  WallMap: story(WallMap, { "on its way": { props: {} } }),
  WallToday: story(WallToday, {
    "beside what is usual": { props: { today: { reported: usual, handled: usual, closed: usual, weeks: 4 } } },
    "too little history": { props: { today: { reported: unusual, handled: unusual, closed: unusual, weeks: 0 } } },
  }),
};
