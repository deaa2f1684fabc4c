/** All cases that are not over yet, kept up to date by the stream: what the list, the figures and the title show. */
import { computed, reactive, shallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CasePage, CaseState, CaseSummary } from "@/api/types";
import { useNow } from "@/format/clock";
import { isOver, urgencyOf } from "@/format/due";

import { onLinkOpen, onStreamEvent, type StreamEvent } from "./stream";

export const OPEN_STATES = ["reported", "filed", "dispatched", "accepted", "handled", "checked"] as const;
interface ListQuery {
  state: CaseState[];
  limit: number;
  before: number | null;
}

const PAGE_SIZE = 200;
/** More waiting changes than this are fetched in one go. */
const BURST = 12;

const cases = shallowRef<ReadonlyMap<number, CaseSummary>>(new Map());
/** Cases that came to their end while the page was open, for rows that still show them; the last ones only. */
const settled = shallowRef<ReadonlyMap<number, CaseSummary>>(new Map());
const MOST_SETTLED = 200;
const loadError = shallowRef<HubError | null>(null);
const loaded = shallowRef(false);
const waiting = new Set<number>();
let working = false;

/** Cases that came in since the page was opened and that nobody has looked at here. */
export const fresh = reactive(new Set<number>());

/** Newest first. */
export const openCases = computed(() => [...cases.value.values()].sort((a, b) => b.id - a.id));
export const openCasesError = computed(() => loadError.value);
export const openCasesLoaded = computed(() => loaded.value);

/** How a case stands as far as this page knows; null where it never heard of it, or too long ago. */
export function latestOf(id: number): CaseSummary | null {
  return cases.value.get(id) ?? settled.value.get(id) ?? null;
}

export type Group = "open" | "new" | "handling" | "check" | "overdue";
const GROUP_STATES: Readonly<Record<Exclude<Group, "overdue">, readonly CaseState[]>> = {
  open: OPEN_STATES,
  new: ["reported", "filed"],
  handling: ["dispatched", "accepted"],
  check: ["handled", "checked"],
};

/** Whether a case belongs to a group of the figures' strip. */
export function inGroup(item: CaseSummary, group: Group, now: number): boolean {
  return group === "overdue" ? urgencyOf(item, now) === "over" : GROUP_STATES[group].includes(item.state);
}

/** How many open cases each group has. */
export const groupCounts = computed<Record<Group, number>>(() => {
  const now = useNow().value;
  const counts = { open: 0, new: 0, handling: 0, check: 0, overdue: 0 };
  for (const item of cases.value.values()) {
    for (const group of Object.keys(counts) as Group[]) {
      counts[group] += inGroup(item, group, now) ? 1 : 0;
    }
  }
  return counts;
});

/** Take over a case's newest state, from the stream or from the answer to a move. */
export function putCase(item: CaseSummary): void {
  const next = new Map(cases.value);
  if (isOver(item.state)) {
    next.delete(item.id);
    fresh.delete(item.id);
    settled.value = new Map([...settled.value, [item.id, item] as const].slice(-MOST_SETTLED));
  } else {
    next.set(item.id, item);
  }
  cases.value = next;
}

/** Load everything, and follow the stream from then on. Gives back the function that ends it. */
export function followOpenCases(): () => void {
  const ends = [onStreamEvent(takeEvent), onLinkOpen(() => void loadAll())];
  return () => {
    ends.forEach((end) => {
      end();
    });
    cases.value = new Map();
    settled.value = new Map();
    loaded.value = false;
    fresh.clear();
  };
}

/** Load all open cases anew. */
export async function loadAll(): Promise<void> {
  waiting.clear();
  try {
    const items = await fetchAll();
    const known = cases.value;
    const next = new Map(items.map((item) => [item.id, item]));
    if (loaded.value) {
      [...next.keys()].filter((id) => !known.has(id)).forEach((id) => fresh.add(id));
    }
    cases.value = next;
    loaded.value = true;
    // what ended while nobody listened is asked for, so that rows that still show it say so
    [...known.keys()].filter((id) => !next.has(id)).slice(-BURST).forEach((id) => waiting.add(id));
    void work();
    loadError.value = null;
  } catch (error) {
    loadError.value = asHubError(error);
  }
}

async function fetchAll(): Promise<CaseSummary[]> {
  const items: CaseSummary[] = [];
  let before: number | null = null;
  do {
    const query: ListQuery = { state: [...OPEN_STATES], limit: PAGE_SIZE, before };
    const page: CasePage = await take(hub.GET("/api/cases", { params: { query } }));
    items.push(...page.items);
    before = page.next === null ? null : Number(page.next);
  } while (before !== null);
  return items;
}

function takeEvent(event: StreamEvent): void {
  if (event.type === "case" && typeof event.data === "object" && event.data !== null && "id" in event.data) {
    waiting.add(Number(event.data.id));
    void work();
  }
}

/** Fetch what changed, one after the other; a case that changes again meanwhile is fetched again. */
async function work(): Promise<void> {
  if (working) {
    return;
  }
  working = true;
  try {
    while (waiting.size > 0) {
      if (waiting.size > BURST) {
        await loadAll();
        continue;
      }
      const [id] = waiting;
      if (id !== undefined) {
        waiting.delete(id);
        await fetchOne(id);
      }
    }
  } finally {
    working = false;
  }
}

async function fetchOne(id: number): Promise<void> {
  try {
    const item = await take(hub.GET("/api/cases/{case_id}", { params: { path: { case_id: id } } }));
    if (!cases.value.has(id) && !isOver(item.state)) {
      fresh.add(id);
    }
    putCase(item);
  } catch (error) {
    loadError.value = asHubError(error);
  }
}

function asHubError(error: unknown): HubError {
  if (error instanceof HubError) {
    return error;
  }
  throw error;
}
