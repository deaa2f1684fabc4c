/** Who is at which case now, and who has claimed it. This page says again and again where it is; what others said is kept for its term. */
import { computed, shallowReactive, shallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { DeskView } from "@/api/types";
import { ownName } from "@/i18n/words";
import { currentMe } from "@/session";

import { onLinkOpen, onStreamEvent } from "./stream";

const AGAIN_MS = 30_000;
/** The hub forgets a page after this long, and so does this one where the hub's word did not come. */
const TERM_MS = 150_000;

const page = crypto.getRandomValues(new Uint32Array(4)).join("-");
const desks = shallowReactive(new Map<number, DeskView & { until: number }>());
const here = shallowRef<number | null>(null);

export interface Company {
  /** Others who have the case open. */
  readonly others: readonly string[];
  readonly claimedBy: string | null;
  readonly isMine: boolean;
}

const NOBODY: Company = { others: [], claimedBy: null, isMine: false };

/** Who is at a case besides oneself. */
export function companyOf(caseId: number): Company {
  const desk = desks.get(caseId);
  const me = currentMe.value?.username;
  return desk === undefined
    ? NOBODY
    : {
        others: desk.people.filter(({ username }) => username !== me).map((one) => ownName(one.display_name)),
        claimedBy: desk.claimed_by === null ? null : ownName(desk.claimed_by.display_name),
        isMine: desk.claimed_by?.username === me,
      };
}

/** Cases that one has claimed. */
export const myClaims = computed(() => [...desks.keys()].filter((id) => companyOf(id).isMine));

function note(desk: DeskView): void {
  if (desk.people.length === 0 && desk.claimed_by === null) {
    desks.delete(desk.case);
  } else {
    desks.set(desk.case, { ...desk, until: Date.now() + TERM_MS });
  }
}

async function quietly<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    return null; // the banner says that the hub cannot be reached; the next round says it again
  }
}

function say(): Promise<unknown> {
  return quietly(take(hub.PUT("/api/desks", { body: { page, case: here.value }, keepalive: true })));
}

/** Say that this page has a case open, or none. */
export function sitAt(caseId: number | null): void {
  if (here.value !== caseId) {
    here.value = caseId;
    void say();
  }
}

async function load(): Promise<void> {
  const found = await quietly(take(hub.GET("/api/desks")));
  if (found !== null) {
    desks.clear();
    found.forEach(note);
  }
}

/** Claim a case, or give it up. Throws HubError `claimed`. */
export async function claim(caseId: number, takeOver: boolean): Promise<void> {
  const path = { case_id: caseId };
  await take(hub.PUT("/api/cases/{case_id}/claim", { params: { path }, body: { take_over: takeOver } }));
  await load(); // what was asked for when the stream opened may have been answered before
}

export async function release(caseId: number): Promise<void> {
  await take(hub.DELETE("/api/cases/{case_id}/claim", { params: { path: { case_id: caseId } } }));
}

/** Follow the stream, and go on saying where this page is. Gives back the function that ends it. */
export function followDesks(): () => void {
  const onLeave = (): void => {
    sitAt(null);
  };
  const again = setInterval(() => {
    const now = Date.now();
    desks.forEach((desk, id) => {
      if (desk.until <= now) {
        desks.delete(id);
      }
    });
    void say();
  }, AGAIN_MS);
  const ends = [
    onLinkOpen(() => void say().then(load)),
    onStreamEvent(({ type, data }) => {
      if (type === "desk") {
        note(data as DeskView);
      }
    }),
  ];
  window.addEventListener("pagehide", onLeave);
  return () => {
    clearInterval(again);
    window.removeEventListener("pagehide", onLeave);
    ends.forEach((end) => {
      end();
    });
    desks.clear();
    here.value = null;
  };
}
