/**
 * Moves that one click makes. They are sent some seconds later and can be undone until then: the hub hears nothing of
 * what was undone, so its log holds only what was really done, at the moment it was. They are sent at once when the page
 * is left or hidden, because nobody could undo them any more.
 */
import { computed, reactive } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseDetail, CaseSummary, LegalMove, MoveBody } from "@/api/types";

import { tellChange } from "@/queue/changes";

export const UNDO_MS = 6000;

type Move = LegalMove["move"];
type CaseName = Pick<CaseSummary, "id" | "number">;

export interface PendingMove {
  /** Of one case its id; of several a number below zero. */
  readonly key: number;
  readonly cases: readonly CaseName[];
  readonly move: Move;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly sendsAt: number;
  state: "waiting" | "sending" | "failed";
  /** Why nothing of it was done. */
  failure: HubError | null;
  /** Of several: those whose move was refused, and why. */
  refused: readonly (CaseName & { why: HubError })[];
}

interface Held {
  pending: PendingMove;
  timer: ReturnType<typeof setTimeout>;
  /** Makes the move; gives those of several that were refused. Throws HubError. */
  make: () => Promise<PendingMove["refused"]>;
  whenRefused: () => void;
}

const NOTHING: MoveBody = { reason: "", note: "", anyway: false, granted: false };
const held = reactive(new Map<number, Held>());
let several = 0;

/** Those that wait, are on their way, or were refused; one a case. */
export const pendingMoves = computed(() => [...held.values()].map(({ pending }) => pending));

export function pendingMoveOf(caseId: number): PendingMove | null {
  return pendingMoves.value.find((one) => one.state !== "failed" && one.cases.some(({ id }) => id === caseId)) ?? null;
}

/** Make a move in a while; `whenDone` gets the case as it is then, or null where the hub refused. */
export function moveSoon(item: CaseName, move: Move, whenDone: (item: CaseDetail | null) => void): void {
  if (pendingMoveOf(item.id) === null) {
    const make = async (): Promise<[]> => {
      const path = { case_id: item.id, move };
      // keepalive: it arrives even if the page is closed at this moment
      const moved = await take(hub.POST("/api/cases/{case_id}/moves/{move}", { params: { path }, body: NOTHING, keepalive: true }));
      tellChange(moved);
      whenDone(moved);
      return [];
    };
    hold(item.id, [item], move, make, () => {
      whenDone(null);
    });
  }
}

/** Make one move of several cases in a while; those that have another on its way are left out. */
export function moveTogetherSoon(items: readonly CaseName[], move: Move, given: Partial<MoveBody>): void {
  const cases = items.filter(({ id }) => pendingMoveOf(id) === null);
  if (cases.length === 0) {
    return;
  }
  const make = async (): Promise<PendingMove["refused"]> => {
    const body = { ...NOTHING, ...given, ids: cases.map(({ id }) => id) };
    const made = await take(hub.POST("/api/cases/moves/{move}", { params: { path: { move } }, body, keepalive: true }));
    const numbers = new Map(cases.map(({ id, number }) => [id, number]));
    return made.flatMap(({ id, case: item, refused }) => {
      if (item !== null) {
        tellChange(item);
      }
      return refused === null ? [] : [{ id, number: numbers.get(id) ?? "", why: new HubError(409, refused.code, refused.message) }];
    });
  };
  several -= 1;
  hold(several, cases, move, make, () => undefined);
}

function hold(key: number, cases: readonly CaseName[], move: Move, make: Held["make"], whenRefused: () => void): void {
  const sendsAt = Date.now() + UNDO_MS;
  const pending: PendingMove = { key, cases, move, sendsAt, state: "waiting", failure: null, refused: [] };
  const timer = setTimeout(() => void send(key), UNDO_MS);
  held.set(key, { pending, timer, make, whenRefused });
}

/** Take a move back that has not been sent, or put away the word that it failed. */
export function forgetMove(key: number): void {
  const one = held.get(key);
  if (one !== undefined && one.pending.state !== "sending") {
    clearTimeout(one.timer);
    held.delete(key);
  }
}

/** Send everything that waits, now. */
export async function sendMovesNow(): Promise<void> {
  await Promise.all([...held.keys()].map((key) => send(key)));
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

async function send(key: number): Promise<void> {
  const one = held.get(key);
  if (one?.pending.state !== "waiting") {
    return;
  }
  clearTimeout(one.timer);
  one.pending.state = "sending";
  try {
    one.pending.refused = await one.make();
    if (one.pending.refused.length === 0) {
      held.delete(key);
    } else {
      one.pending.state = "failed";
    }
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    one.pending.state = "failed";
    one.pending.failure = error;
    one.whenRefused();
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
