/** How shapes stand on the picture: in its pixels, with their names where there is room. */
import { computed, type ComputedRef, type Ref } from "vue";

import type { Editor } from "./editor";
import { edges, type Point } from "./geometry";
import type { Shape } from "./shapes";
import { shapeWords } from "./words";

/** Screen pixels from which a picture has room for every shape's name. */
const ROOMY = 600;

export interface Plot {
  /** Shapes with which something is wrong, by key. */
  wrong: ComputedRef<ReadonlySet<string>>;
  /** Points as SVG writes them. */
  words: (points: readonly Point[]) => string;
  x: (point: Point) => number;
  y: (point: Point) => number;
  /** Middles of the chosen shape's edges, from which a corner is drawn. */
  middles: ComputedRef<readonly Point[]>;
  label: (of: Shape) => string;
  isNamed: (of: Shape) => boolean;
}

/** `scale`: pixels of the picture in one of the screen. */
export function usePlot({ shape, chosen, size, problems }: Editor, scale: Ref<number>): Plot {
  const x = ([value]: Point): number => value * size.value.width;
  const y = ([, value]: Point): number => value * size.value.height;
  return {
    wrong: computed(() => new Set(problems.value.map(({ key }) => key))),
    words: (points) => points.map((point) => `${x(point).toFixed(2)},${y(point).toFixed(2)}`).join(" "),
    x,
    y,
    middles: computed(() =>
      shape.value === null || shape.value.kind === "point" || shape.value.kind === "line"
        ? []
        : edges(shape.value.points, shape.value.kind === "polygon").map(([a, b]): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]),
    ),
    label: shapeWords,
    // where there is little room, shapes without a name of their own stay silent until they are chosen
    isNamed: (of) => of.name !== "" || of.key === chosen.value?.key || size.value.width / scale.value > ROOMY,
  };
}
