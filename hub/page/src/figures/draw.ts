/** Draws a chart with ECharts, of which only what is used is loaded; on a canvas, so the page's policy on styles holds. */
import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import type { Chart, Row } from "./rows";

use([BarChart, GridComponent, CanvasRenderer]);

export interface Words {
  now: string;
  before: string;
  /** What stands on a bar of the period. */
  onBar: (row: Row) => string;
}

export interface Drawing {
  show: (chart: Chart, words: Words) => void;
  fit: () => void;
  end: () => void;
}

const FEW = 32;
const THICK = 14;
/** Letters of a row's name, of which a Chinese sign takes two: two lines. Of a name with a third nothing would be drawn. */
const NAME_ROOM = 38;

/** Begin a drawing in an element; `chosen` hears which bar was pressed, and whether it is of the period before. */
export function draw(element: HTMLElement, chosen: (row: Row, isBefore: boolean) => void): Drawing {
  const chart: ECharts = init(element, null, { renderer: "canvas" });
  let rows: readonly Row[] = [];
  chart.on("click", ({ dataIndex, seriesIndex }) => {
    const row = rows[dataIndex];
    if (row !== undefined) {
      chosen(row, seriesIndex === 1);
    }
  });
  return {
    show: (asked, words) => {
      rows = asked.rows;
      chart.setOption(optionOf(asked, words), { notMerge: true });
    },
    fit: () => {
      chart.resize();
    },
    end: () => {
      chart.dispose();
    },
  };
}

function optionOf({ rows, shape, seconds }: Chart, words: Words): Parameters<ECharts["setOption"]>[0] {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const text = { color: token("text-soft"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const isRows = shape === "rows";
  const names = { type: "category", data: rows.map((row) => row.label), inverse: isRows, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-strong") } }, axisLabel: { ...text, hideOverlap: true, ...(isRows ? { formatter: shortened, width: 130, overflow: "break", lineHeight: 14, interval: 0 } : {}) } };
  const values = { type: "value", minInterval: seconds === true ? 0 : 1, splitNumber: 4, splitLine: { show: !isRows, lineStyle: { color: token("line") } }, axisLabel: isRows ? { show: false } : text };
  const label = { ...text, color: token("text"), show: isRows || rows.length <= FEW, position: isRows ? "right" : "top", formatter: ({ dataIndex }: { dataIndex: number }) => onBar(rows[dataIndex], words, isRows) };
  const series = [
    { name: words.now, data: rows.map((row) => row.now), color: token("accent"), label, z: 3 },
    { name: words.before, data: rows.map((row) => row.before), color: token("line-strong"), z: 2 },
  ].map((one) => ({ ...one, type: "bar", barMaxWidth: isRows ? THICK : 24, barGap: "10%", cursor: "pointer", emphasis: { focus: "none" } }));
  return {
    animation: false,
    textStyle: text,
    grid: { left: 4, right: isRows ? 112 : 8, top: isRows ? 0 : 20, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: isRows ? values : names,
    yAxis: isRows ? names : values,
    series,
  };
}

/** A row's name as long as there is room for it; the table has the whole. */
function shortened(name: string): string {
  let room = NAME_ROOM;
  let kept = "";
  for (const sign of name) {
    room -= /\p{Script=Han}/u.test(sign) ? 2 : 1;
    if (room < 0) {
      return `${kept}…`;
    }
    kept += sign;
  }
  return name;
}

/** A column with nothing has no number over it: thirty noughts say less than none. */
function onBar(row: Row | undefined, words: Words, isRows: boolean): string {
  return row === undefined || (!isRows && row.now === 0) ? "" : words.onBar(row);
}
