/** The keyboard on the picture: every shape can be drawn, chosen, moved and taken away without a mouse. */
import type { MessageKey } from "@/i18n/messages";
import { t } from "@/i18n/words";
import type { Command } from "@/keys/commands";

import type { Editor } from "./editor";
import { inside } from "./geometry";
import { LEAST_POINTS } from "./shapes";

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const FAR = 10;
const TOLD: readonly (readonly [MessageKey, ...string[]])[] = [
  ["zones.key.choose", "Tab", "Shift+Tab"],
  ["zones.key.move", "ArrowLeft", "ArrowRight"],
  ["zones.key.far", "Shift+ArrowLeft", "Shift+ArrowRight"],
  ["zones.key.place", " "],
  ["zones.key.finish", "Enter"],
  ["zones.key.remove", "Delete"],
  ["zones.key.cancel", "Escape"],
  ["zones.undo", "Mod+z"],
  ["zones.redo", "Mod+Shift+z", "Mod+y"],
];

/** The keys for the table of all keys alone: the picture takes them itself, while it has the focus. */
export const stageKeys: readonly Command[] = TOLD.map(([words, ...keys]) => ({
  id: words,
  group: "zones.title",
  words: () => t(words),
  keys,
  may: () => false,
  run: () => undefined,
}));

/** Do what a key asks for; gives words to be said where it cannot be done. What is not for the picture passes. */
export function onStageKey(event: KeyboardEvent, editor: Editor): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return null; // undo and redo belong to the page
  }
  const said = editor.tool.value === null ? choosing(event, editor) : drawing(event, editor);
  if (said === undefined) {
    return null;
  }
  event.preventDefault();
  event.stopPropagation();
  return said;
}

/** `undefined`: not for the picture. */
function drawing(event: KeyboardEvent, editor: Editor): string | null | undefined {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const step = event.shiftKey ? FAR : 1;
    const [x, y] = editor.cursor.value;
    const { width, height } = editor.size.value;
    editor.cursor.value = inside([x + (arrow[0] * step) / width, y + (arrow[1] * step) / height]);
    return null;
  }
  switch (event.key) {
    case " ":
      editor.place(editor.cursor.value);
      return null;
    case "Enter":
      editor.finish();
      return editor.tool.value === null ? null : t("zones.needsMore");
    case "Backspace":
    case "Delete":
      editor.unplace();
      return null;
    case "Escape":
      editor.cancel();
      return null;
    default:
      return undefined;
  }
}

function choosing(event: KeyboardEvent, editor: Editor): string | null | undefined {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const step = event.shiftKey ? FAR : 1;
    editor.nudge(arrow[0] * step, arrow[1] * step);
    return null;
  }
  switch (event.key) {
    case "Tab":
      return next(editor, event.shiftKey ? -1 : 1) ? null : undefined;
    case "Delete":
    case "Backspace":
      return editor.removeChosen() ? null : t("zones.keepsPoints", { n: LEAST_POINTS[editor.shape.value?.kind ?? "polygon"] });
    case "Escape": {
      const now = editor.chosen.value;
      editor.choose(now?.point == null ? null : now.key);
      return null;
    }
    default:
      return undefined;
  }
}

/** Choose the next point of all shapes; false at their end, where the focus goes on. */
function next(editor: Editor, step: 1 | -1): boolean {
  const all = editor.shapes.value.flatMap(({ key, points }) => points.map((_, point) => ({ key, point })));
  const now = editor.chosen.value;
  const here = all.findIndex(({ key, point }) => key === now?.key && point === (now.point ?? 0));
  const from = now?.point == null && here >= 0 ? here - Number(step > 0) : here;
  const place = now === null ? (step > 0 ? 0 : all.length - 1) : from + step;
  const found = all[place];
  editor.choose(found?.key ?? null, found?.point ?? null);
  return found !== undefined;
}
