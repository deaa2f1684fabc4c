/**
 * Moves that one click makes. They are sent some seconds later and can be undone until then: the hub hears nothing of
 * what was undone, so its log holds only what was really done, at the moment it was. They are sent at once when the page
 * is left or hidden, because nobody could undo them any more.
 */
import { computed, reactive } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseDetail, LegalMove } from "@/api/types";

import { tellChange } from "@/queue/changes";

export const UNDO_MS = 6000;

export interface PendingMove {
  readonly caseId: number;
  readonly number: string;
  readonly move: LegalMove["move"];
  /** Milliseconds since 1970 by this machine's clock. */
  readonly sendsAt: number;
  state: "waiting" | "sending" | "failed";
  failure: HubError | null;
}

interface Held {
  pending: PendingMove;
  timer: ReturnType<typeof setTimeout>;
  whenDone: (item: CaseDetail | null) => void;
}

const held = reactive(new Map<number, Held>());

/** Those that wait, are on their way, or were refused; one a case. */
export const pendingMoves = computed(() => [...held.values()].map(({ pending }) => pending));

export function pendingMoveOf(caseId: number): PendingMove | null {
  const pending = held.get(caseId)?.pending;
  return pending === undefined || pending.state === "failed" ? null : pending;
}

/** Make a move in a while; `whenDone` gets the case as it is then, or null where the hub refused. */
export function moveSoon(
  item: Pick<CaseDetail, "id" | "number">,
  move: LegalMove["move"],
  whenDone: (item: CaseDetail | null) => void,
): void {
  if (pendingMoveOf(item.id) !== null) {
    return;
  }
  const pending: PendingMove = {
    caseId: item.id,
    number: item.number,
    move,
    sendsAt: Date.now() + UNDO_MS,
    state: "waiting",
    failure: null,
  };
  const timer = setTimeout(() => void send(item.id), UNDO_MS);
  held.set(item.id, { pending, timer, whenDone });
}

/** Take a move back that has not been sent, or put away the word that it failed. */
export function forgetMove(caseId: number): void {
  const one = held.get(caseId);
  if (one !== undefined && one.pending.state !== "sending") {
    clearTimeout(one.timer);
    held.delete(caseId);
  }
}

/** Send everything that waits, now. */
export async function sendMovesNow(): Promise<void> {
  await Promise.all([...held.keys()].map((caseId) => send(caseId)));
}

/** Nobody is signed in any more: what waits is not sent, and that is said. */
export function dropMoves(): void {
  for (const one of held.values()) {
    if (one.pending.state === "waiting") {
      clearTimeout(one.timer);
      one.pending.state = "failed";
      one.pending.failure = new HubError(401, "not_sent", "");
    }
  }
}

async function send(caseId: number): Promise<void> {
  const one = held.get(caseId);
  if (one?.pending.state !== "waiting") {
    return;
  }
  clearTimeout(one.timer);
  one.pending.state = "sending";
  try {
    const path = { case_id: caseId, move: one.pending.move };
    const body = { reason: "", note: "", anyway: false, granted: false };
    // keepalive: it arrives even if the page is closed at this moment
    const answer = hub.POST("/api/cases/{case_id}/moves/{move}", { params: { path }, body, keepalive: true });
    const moved = await take(answer);
    held.delete(caseId);
    tellChange(moved);
    one.whenDone(moved);
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    one.pending.state = "failed";
    one.pending.failure = error;
    one.whenDone(null);
  }
}

/** Send what waits when the page is hidden or left. Gives back the function that ends it. */
export function sendMovesOnLeaving(): () => void {
  const onHide = (): void => {
    if (document.visibilityState === "hidden") {
      void sendMovesNow();
    }
  };
  const onLeave = (): void => void sendMovesNow();
  document.addEventListener("visibilitychange", onHide);
  window.addEventListener("pagehide", onLeave);
  return () => {
    document.removeEventListener("visibilitychange", onHide);
    window.removeEventListener("pagehide", onLeave);
  };
}
