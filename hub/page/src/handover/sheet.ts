/** What a hand-over sheet says, put in the order in which somebody who takes over asks. */
import type { HandoverDraft, HandoverSheet, SheetLine } from "@/api/types";
import { GRADES } from "@/format/grades";

/** A sheet that was handed over, or what one would say now. */
export type Sheet = HandoverSheet | HandoverDraft;

export function isGiven(sheet: Sheet): sheet is HandoverSheet {
  return "made_at" in sheet;
}

export const GROUPS = ["late", "waiting", "claimed", "suspended", "other"] as const;
export type Group = (typeof GROUPS)[number];

/** Whether a case was past a limit at a moment: it was missed before, or is now. */
export function isLate(line: SheetLine, at: number): boolean {
  return line.suspended_until === null && line.due_at !== null && Date.parse(line.due_at) <= at;
}

function isWaiting(line: SheetLine): boolean {
  return line.waits.some((one) => one !== "suspended");
}

function groupOf(line: SheetLine, giver: string, at: number): Group {
  if (isLate(line, at)) {
    return "late";
  }
  if (isWaiting(line)) {
    return "waiting";
  }
  if (line.claimed_by?.username === giver) {
    return "claimed";
  }
  return line.waits.includes("suspended") ? "suspended" : "other";
}

function byGrade(one: SheetLine, other: SheetLine): number {
  return GRADES.indexOf(one.grade) - GRADES.indexOf(other.grade);
}

/** The cases in groups, each case in the first that fits; the gravest first, then as they come (by what is due first). */
export function grouped(lines: readonly SheetLine[], giver: string, at: number): [Group, SheetLine[]][] {
  return GROUPS.map((group): [Group, SheetLine[]] => [group, lines.filter((line) => groupOf(line, giver, at) === group).sort(byGrade)])
    .filter(([, found]) => found.length > 0);
}

export const KINDS = ["open", "late", "calling", "waiting", "suspended"] as const;
export type Counts = Readonly<Record<(typeof KINDS)[number], number>>;

function countsOf(lines: readonly SheetLine[], at: number): Counts {
  const many = (which: (line: SheetLine) => boolean): number => lines.filter(which).length;
  return {
    open: lines.length,
    late: many((line) => isLate(line, at)),
    calling: many((line) => line.waits.includes("calling")),
    waiting: many((line) => line.waits.some((one) => one !== "suspended" && one !== "calling")),
    suspended: many((line) => line.waits.includes("suspended")),
  };
}

/** How many cases there are of each grade, the gravest first; null: in all. */
export function counted(lines: readonly SheetLine[], at: number): [SheetLine["grade"] | null, Counts][] {
  const rows = GRADES.map((grade) => [grade, countsOf(lines.filter((line) => line.grade === grade), at)] as [SheetLine["grade"], Counts]);
  return [...rows, [null, countsOf(lines, at)]];
}
