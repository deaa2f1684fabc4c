/** One move of several cases, sent some seconds later by one request and undone until then, as `pendingMoves` does with one case. */
import { computed, reactive } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseSummary, LegalMove, MoveBody } from "@/api/types";
import { tellChange } from "@/queue/changes";

import { pendingMoveOf, UNDO_MS } from "./pendingMoves";

type CaseName = Pick<CaseSummary, "id" | "number">;

export interface SharedPending {
  readonly key: number;
  readonly cases: readonly CaseName[];
  readonly move: LegalMove["move"];
  readonly given: Partial<MoveBody>;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly sendsAt: number;
  state: "waiting" | "sending" | "failed";
  /** Why nothing of it was done. */
  failure: HubError | null;
  /** Those whose move was refused, and why. */
  refused: readonly (CaseName & { why: HubError })[];
}

const NOTHING: MoveBody = { reason: "", note: "", anyway: false, granted: false };
const held = reactive(new Map<number, SharedPending>());
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let last = 0;

/** Those that wait, are on their way, or were refused in part. */
export const sharedPending = computed(() => [...held.values()]);

export function isSharedPending(caseId: number): boolean {
  return sharedPending.value.some((one) => one.state !== "failed" && one.cases.some(({ id }) => id === caseId));
}

/** Make one move of several cases in a while; those that have another on its way are left out. */
export function moveTogetherSoon(items: readonly CaseName[], move: LegalMove["move"], given: Partial<MoveBody>): void {
  const cases = items.filter(({ id }) => pendingMoveOf(id) === null && !isSharedPending(id));
  if (cases.length > 0) {
    const key = ++last;
    held.set(key, { key, cases, move, given, sendsAt: Date.now() + UNDO_MS, state: "waiting", failure: null, refused: [] });
    timers.set(key, setTimeout(() => void send(key), UNDO_MS));
  }
}

/** Take a move back that has not been sent, or put away the word that it failed. */
export function forgetShared(key: number): void {
  if (held.get(key)?.state !== "sending") {
    clearTimeout(timers.get(key));
    held.delete(key);
  }
}

/** Send everything that waits, now. */
export async function sendSharedNow(): Promise<void> {
  await Promise.all([...held.keys()].map((key) => send(key)));
}

async function send(key: number): Promise<void> {
  const one = held.get(key);
  if (one?.state !== "waiting") {
    return;
  }
  clearTimeout(timers.get(key));
  one.state = "sending";
  try {
    const body = { ...NOTHING, ...one.given, ids: one.cases.map(({ id }) => id) };
    // keepalive: it arrives even if the page is closed at this moment
    const made = await take(hub.POST("/api/cases/moves/{move}", { params: { path: { move: one.move } }, body, keepalive: true }));
    const numbers = new Map(one.cases.map(({ id, number }) => [id, number]));
    one.refused = made.flatMap(({ id, case: item, refused }) => {
      if (item !== null) {
        tellChange(item);
      }
      return refused === null ? [] : [{ id, number: numbers.get(id) ?? "", why: new HubError(409, refused.code, refused.message) }];
    });
    if (one.refused.length === 0) {
      held.delete(key);
    } else {
      one.state = "failed";
    }
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    one.state = "failed";
    one.failure = error;
  }
}

/** Nobody is signed in any more: what waits is not sent, and that is said. */
export function dropShared(): void {
  held.forEach((one) => {
    if (one.state === "waiting") {
      clearTimeout(timers.get(one.key));
      one.state = "failed";
      one.failure = new HubError(401, "not_sent", "");
    }
  });
}

/** Send what waits when the page is hidden or left. Gives back the function that ends it. */
export function sendSharedOnLeaving(): () => void {
  const onHide = (): void => {
    if (document.visibilityState === "hidden") {
      void sendSharedNow();
    }
  };
  const onLeave = (): void => void sendSharedNow();
  document.addEventListener("visibilitychange", onHide);
  window.addEventListener("pagehide", onLeave);
  return () => {
    document.removeEventListener("visibilitychange", onHide);
    window.removeEventListener("pagehide", onLeave);
  };
}
