/** Which cameras a wall shows: so many at once, screen after screen. */

export const LAYOUTS = [1, 4, 9, 16] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Read a layout from an address; four at once where it says none. */
export function layoutOf(value: unknown): Layout {
  return LAYOUTS.find((one) => String(one) === value) ?? 4;
}

/** Screens that so many cameras take, at least one. */
export function screensOf(cameras: number, layout: Layout): number {
  return Math.max(1, Math.ceil(cameras / layout));
}

/** The number of a screen from an address, within those that there are; from 1. */
export function screenOf(value: unknown, screens: number): number {
  const number = Number(value);
  return Number.isInteger(number) ? Math.min(screens, Math.max(1, number)) : 1;
}
