/** A line of a case's log in plain words. */
import type { CaseDetail, City, LogEntry } from "@/api/types";
import { named, pick, t } from "@/i18n/words";

export interface LogLine {
  who: string;
  what: string;
  /** The change of state, or nothing where it stayed. */
  change: string;
  note: string;
}

/** Say who did what. A dispatch's note begins with the unit's identifier, which is said by its name here. */
export function logLine(entry: LogEntry, item: Pick<CaseDetail, "camera_name">, units: City["units"]): LogLine {
  const what = named("move", entry.move);
  const moved = entry.from_state !== null && entry.from_state !== entry.to_state;
  const change = moved
    ? t("log.from", { from: named("state", entry.from_state ?? ""), to: named("state", entry.to_state) })
    : "";
  const line = { who: whoOf(entry, item), what, change, note: entry.note };
  if (entry.move !== "dispatch") {
    return line;
  }
  const [identifier = "", ...rest] = entry.note.split(": ");
  const unit = units.find((one) => one.id === identifier);
  return unit === undefined
    ? line
    : { ...line, what: t("log.to", { what, to: pick(unit.name) }), note: rest.join(": ") };
}

function whoOf(entry: LogEntry, item: Pick<CaseDetail, "camera_name">): string {
  switch (entry.actor_kind) {
    case "rule":
      return t("actor.rule");
    case "camera":
    case "gateway":
      return `${t("actor.camera")} ${item.camera_name}`;
    case "person":
      return entry.actor;
  }
}
