/**
 * What somebody is writing about a case, kept outside the forms: it outlives a look at another case, a filter, a
 * narrower window and a session that has to be renewed. It is gone once it is sent, given up, or somebody else signs in.
 */
import { reactive } from "vue";

import type { CaseDetail, Grade, LegalMove, LogEntry, PhotoView } from "@/api/types";

export interface Draft {
  /** The move it is for, as it was offered. */
  move: LegalMove;
  /** All moves that were offered then; they stay where they are while the form is open. */
  offered: LegalMove[];
  /** How many lines the case's log had then: what came after is what happened meanwhile. */
  seen: number;
  /** Whether the form is shown; what is written stays while it is not. */
  open: boolean;
  reason: string;
  note: string;
  unit: string;
  photos: PhotoView[];
  /** What only some moves ask for. */
  more: { until: string; grade: Grade | ""; stars: number; other: string; turn: string; granted: boolean; anyway: boolean; units: string[]; group: string; report: string; reached: boolean; milestone: string; alarms: string[] };
}

const NOTHING_MORE: Draft["more"] = { until: "", grade: "", stars: 0, other: "", turn: "", granted: false, anyway: false, units: [], group: "", report: "", reached: true, milestone: "", alarms: [] };

const drafts = reactive(new Map<number, Draft>());
const comments = reactive(new Map<number, string>());

export function draftOf(caseId: number): Draft | null {
  return drafts.get(caseId) ?? null;
}

/** Whether somebody has a form open, of whatever case. */
export function isDraftOpen(): boolean {
  return [...drafts.values()].some((draft) => draft.open);
}

/** Show the form for a move; what was written for another move of this case comes along. */
export function openDraft(item: CaseDetail, move: LegalMove): void {
  const written = drafts.get(item.id) ?? { reason: "", note: "", unit: "", photos: [], more: { ...NOTHING_MORE } };
  drafts.set(item.id, { ...written, move, offered: [...item.moves], seen: item.log.length, open: true });
}

/** Hide the form and keep what is written. */
export function hideDraft(caseId: number): void {
  const draft = drafts.get(caseId);
  if (draft !== undefined) {
    draft.open = false;
  }
}

export function dropDraft(caseId: number): void {
  drafts.delete(caseId);
}

export function dropAllDrafts(): void {
  drafts.clear();
  comments.clear();
}

/** The comment that somebody is writing on a case. */
export function commentOf(caseId: number): string {
  return comments.get(caseId) ?? "";
}

export function writeComment(caseId: number, words: string): void {
  if (words === "") {
    comments.delete(caseId);
  } else {
    comments.set(caseId, words);
  }
}

/** What changed the case's state since the draft was begun, oldest first. */
export function happenedSince(draft: Draft, item: CaseDetail): LogEntry[] {
  return item.log.slice(draft.seen).filter((entry) => entry.from_state !== null && entry.from_state !== entry.to_state);
}
