/** A line of a case's log in plain words. */
import type { CaseDetail, City, LogEntry } from "@/api/types";
import { milestoneName } from "@/format/milestones";
import { whoWords } from "@/format/who";
import { gatewayWords } from "@/i18n/gatewaySaid";
import { named, ownName, pick, t } from "@/i18n/words";
import { roleName } from "@/live/city";

export interface LogLine {
  who: string;
  what: string;
  /** The change of state, or nothing where it stayed. */
  change: string;
  reason: string;
  note: string;
  /** Whom a comment called; nothing where it called nobody. */
  called: string;
}

/** What of a case its lines are told with. */
type Told = Pick<CaseDetail, "camera_name" | "milestones">;

const SENDS: readonly string[] = ["dispatched", "reassigned", "handed_to_group", "whistled"];

/** Say who did what, to which units, and why. */
export function logLine(entry: LogEntry, item: Told, units: City["units"]): LogLine {
  const moved = entry.from_state !== null && entry.from_state !== entry.to_state;
  const change = moved
    ? t("log.from", { from: named("state", entry.from_state ?? ""), to: named("state", entry.to_state) })
    : "";
  const reason = entry.reason_name === null ? named("ruleReason", entry.reason) : pick(entry.reason_name);
  return { who: whoOf(entry, item), what: withPerson(entry, whatOf(entry, units)) + reachedOf(entry, item) + toldBy(entry) + otherOf(entry), change, reason, note: noteOf(entry), called: calledBy(entry) };
}

/** A proposal has its text in both languages; what a gateway says is English, told by the table. */
function noteOf(entry: LogEntry): string {
  const { zh, en } = entry.data;
  if (typeof zh === "string" && typeof en === "string") {
    return pick({ zh, en });
  }
  return entry.actor_kind === "camera" || entry.actor_kind === "gateway" ? gatewayWords(entry.note) : entry.note;
}

/** Whom a call is about, and from how far. */
function withPerson(entry: LogEntry, what: string): string {
  const { person_name: who, metres } = entry.data;
  if (typeof who !== "string" || !entry.what.startsWith("call")) {
    return what;
  }
  const said = t("log.person", { what, who });
  if (entry.what !== "called") {
    return said;
  }
  return typeof metres === "number" ? t("log.metres", { what: said, n: metres }) : t("log.nowhere", { what: said });
}

/** Whom an escalation told: the ladder's roles. */
function toldBy(entry: LogEntry): string {
  const { told } = entry.data;
  if (!Array.isArray(told) || told.length === 0) {
    return "";
  }
  return t("log.colon") + told.map((role) => roleName(String(role))).join(t("log.comma"));
}

/** Which milestone was reached, reminded of or missed. */
function reachedOf(entry: LogEntry, item: Told): string {
  const { milestone } = entry.data;
  const known = item.milestones.find(({ id }) => id === milestone);
  return known === undefined ? "" : t("log.colon") + milestoneName(known);
}

/** The number of the other case that a line is about. */
function otherOf(entry: LogEntry): string {
  const { into, other } = entry.data;
  const number = into ?? other;
  return typeof number === "string" ? t("log.colon") + number : "";
}

function calledBy(entry: LogEntry): string {
  const { mentioned } = entry.data;
  return Array.isArray(mentioned) && mentioned.length > 0
    ? t("comment.called", { who: mentioned.map((name) => `@${String(name)}`).join(t("log.comma")) })
    : "";
}

function whatOf(entry: LogEntry, units: City["units"]): string {
  const what = entry.what === "inspected" ? named("inspected", String(entry.data["in_order"])) : named("line", entry.what);
  const count = entry.data["count"];
  if (typeof count === "number") {
    return t("log.counted", { what, n: count });
  }
  if (entry.units.length === 0) {
    return what;
  }
  const nameOf = (id: string): string => {
    const unit = units.find((one) => one.id === id);
    return unit === undefined ? id : pick(unit.name);
  };
  const names = (entry.what === "reassigned" ? entry.units.slice(-1) : entry.units).map(nameOf).join(", ");
  return SENDS.includes(entry.what) ? t("log.to", { what, to: names }) : t("log.of", { what, unit: names });
}

function whoOf(entry: LogEntry, item: Told): string {
  switch (entry.actor_kind) {
    case "rule":
      return t("actor.rule");
    case "timer":
      return t("actor.timer");
    case "camera":
    case "gateway":
      return `${t("actor.camera")} ${ownName(item.camera_name ?? "")}`;
    case "person":
      return entry.on_behalf_of === null ? whoWords(entry.actor) : t("log.behalf", { who: ownName(entry.actor), of: ownName(entry.on_behalf_of) });
  }
}
