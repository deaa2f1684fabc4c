/** Points and shapes in shares of the picture (0 to 1, x to the right, y down), as the settings have them. */

export type Point = readonly [x: number, y: number];
/** Width and height of the picture in its own pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A ten-thousandth of a pixel of a large picture: finer is noise. */
const DIGITS = 5;
/** As the gateway has it: below this share of the picture a polygon has no area. */
export const LEAST_AREA = 1e-5;

/** The nearest point inside the picture, rounded as it is sent. */
export function inside([x, y]: Point): Point {
  const round = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(DIGITS));
  return [round(x), round(y)];
}

/** Area in shares of the picture (shoelace formula). */
export function area(polygon: readonly Point[]): number {
  const doubled = polygon.reduce((sum, [x, y], place) => {
    const [px, py] = polygon.at(place - 1) ?? [0, 0];
    return sum + px * y - x * py;
  }, 0);
  return Math.abs(doubled) / 2;
}

/** Which side of a line a point lies on: positive to the right as one walks from `a` to `b`. */
function side(a: Point, b: Point, point: Point): number {
  return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]);
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** The edges of a polygon, each by its two ends. */
export function edges(points: readonly Point[], closed = true): [Point, Point][] {
  const ends = points.flatMap((point, place) => {
    const next = points[place + 1] ?? (closed ? points[0] : undefined);
    return next === undefined ? [] : [[point, next] as [Point, Point]];
  });
  return points.length > 2 || !closed ? ends : ends.slice(0, 1);
}

/** Whether two edges that are not neighbours cut each other. */
export function crossesItself(polygon: readonly Point[]): boolean {
  const all = edges(polygon);
  return all.some(([a, b], i) =>
    all.slice(i + 2).some(([c, d], far) => !(i === 0 && i + 2 + far === all.length - 1) && cross(a, b, c, d)),
  );
}

/** Whether a point lies inside (even-odd rule). */
export function contains(polygon: readonly Point[], [x, y]: Point): boolean {
  return edges(polygon).filter(([a, b]) => a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) * (b[0] - a[0])) / (b[1] - a[1])).length % 2 === 1;
}

/** Distance in pixels of the picture. */
export function distance(a: Point, b: Point, { width, height }: Size): number {
  return Math.hypot((a[0] - b[0]) * width, (a[1] - b[1]) * height);
}

/** The point of an edge that lies nearest, as the picture shows it. */
export function nearestOn([a, b]: readonly [Point, Point], point: Point, { width, height }: Size): Point {
  const [dx, dy] = [(b[0] - a[0]) * width, (b[1] - a[1]) * height];
  const along = ((point[0] - a[0]) * width * dx + (point[1] - a[1]) * height * dy) / (dx * dx + dy * dy || 1);
  const share = Math.min(1, Math.max(0, along));
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
}

export interface Snapped {
  readonly point: Point;
  readonly to: "corner" | "edge" | "border" | null;
}

/** What a point may be drawn to: shapes beside the one in hand. */
export interface Target {
  readonly points: readonly Point[];
  readonly closed: boolean;
}

/**
 * Draw a point to a corner, else to an edge, else to the border of the picture, where one lies within `reach` pixels of
 * the picture.
 */
export function snap(point: Point, targets: readonly Target[], size: Size, reach: number): Snapped {
  const corner = nearest(point, targets.flatMap((one) => one.points), size, reach);
  if (corner !== null) {
    return { point: corner, to: "corner" };
  }
  const feet = targets.flatMap((one) => edges(one.points, one.closed).map((edge) => nearestOn(edge, point, size)));
  const foot = nearest(point, feet, size, reach);
  if (foot !== null) {
    return { point: inside(foot), to: "edge" };
  }
  const border = onBorder(point, size, reach);
  return border === null ? { point: inside(point), to: null } : { point: border, to: "border" };
}

function nearest(point: Point, candidates: readonly Point[], size: Size, reach: number): Point | null {
  let best: Point | null = null;
  let least = reach;
  for (const one of candidates) {
    const away = distance(point, one, size);
    if (away <= least) {
      [best, least] = [one, away];
    }
  }
  return best;
}

function onBorder([x, y]: Point, { width, height }: Size, reach: number): Point | null {
  const drawn = (value: number, length: number): number =>
    value * length <= reach ? 0 : (1 - value) * length <= reach ? 1 : value;
  const [bx, by] = [drawn(x, width), drawn(y, height)];
  return bx === x && by === y ? null : inside([bx, by]);
}

/** Move a shape as a whole, as far as all of it stays in the picture. */
export function moved(points: readonly Point[], dx: number, dy: number): Point[] {
  const room = (values: readonly number[], wish: number): number =>
    Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), wish));
  const x = room(points.map((point) => point[0]), dx);
  const y = room(points.map((point) => point[1]), dy);
  return points.map((point) => inside([point[0] + x, point[1] + y]));
}
