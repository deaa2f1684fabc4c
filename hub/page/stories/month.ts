/** The office's report of a month. */
import HourTable from "@/month/HourTable.vue";
import MonthFigure from "@/month/MonthFigure.vue";
import MonthFilters from "@/month/MonthFilters.vue";
import MonthSums from "@/month/MonthSums.vue";
import MonthTable from "@/month/MonthTable.vue";
import TopPlaces from "@/month/TopPlaces.vue";
import { followCity } from "@/live/city";

import { example } from "./examples";
import { following } from "./follow";
import { CITY, LONG } from "./samples";
import { story } from "./story";

const within = { hub: { "/api/city": { body: CITY } }, follow: following(followCity) };
const formula = example("FormulaView", { name: { zh: "按期处置率", en: "Handled in time" } });
const side = example("RowFiguresView", { shares: [{ count: 131, of: 144, percent: "90.97" }] });
const nothing = { ...side, reported: 0, due: 0, shares: [{ count: 0, of: 0, percent: null }], score: null };
const row = example("ReportRowView", { by: "area", key: "demo/first-street/east", now: side, before: { ...side, shares: [{ count: 80, of: 100, percent: "80.00" }] } });
const report = example("OfficeReportView", { name: "2026-11", area: "demo", formulas: [formula], total: row, rows: [row, { ...row, by: "unit", key: "traffic-police" }, { ...row, by: "unit", key: LONG, now: nothing, before: nothing }, { ...row, by: "scene", key: "illegal_parking" }] });
const quiet = { ...report, total: { ...row, now: nothing, before: nothing }, rows: [] };
const spots = example("HotSpotsView", { hours: Array.from({ length: 168 }, (_, hour) => (hour * 7) % 12) });
const long = { ...spots, spots: spots.spots.map((one) => ({ ...one, place: LONG })) };

export const month = {
  HourTable: story(HourTable, { "a week": { props: { report, spots } }, nothing: { props: { report: quiet, spots: { ...spots, hours: spots.hours.map(() => 0) } } } }),
  MonthFigure: story(MonthFigure, { better: { props: { report, formula, place: 0 } }, "of nothing": { props: { report: quiet, formula, place: 0 } } }),
  MonthFilters: story(MonthFilters, { "this month": { props: { asked: { month: "2026-11", area: "" }, thisMonth: "2026-11", workbook: "/api/figures/workbook" }, ...within } }),
  MonthSums: story(MonthSums, { sums: { props: { report } }, nothing: { props: { report: quiet } } }),
  MonthTable: story(MonthTable, {
    units: { props: { report, by: "unit" }, ...within },
    areas: { props: { report, by: "area" }, ...within },
    nothing: { props: { report: quiet, by: "scene" } },
  }),
  TopPlaces: story(TopPlaces, { places: { props: { report, spots: long }, ...within }, none: { props: { report, spots: { ...spots, spots: [], unplaced: 0 } } } }),
};
