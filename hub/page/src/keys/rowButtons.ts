/** From a row of any list to what can be done with it: one key, wherever the row has more than itself. */
const ROWS = "[data-row], article, li, tr";
const PRESSED = "button:not(:disabled), a[href], summary";

/** The next thing to press in the row that has the focus, after the last its first again; null where there is none. */
export function nextInRow(focused: Element | null): HTMLElement | null {
  const row = focused?.closest(ROWS);
  const pressed = [...(row?.querySelectorAll<HTMLElement>(PRESSED) ?? [])];
  const at = pressed.findIndex((one) => one === focused);
  const next = pressed[(at + 1) % pressed.length];
  return next === undefined || next === focused ? null : next;
}
