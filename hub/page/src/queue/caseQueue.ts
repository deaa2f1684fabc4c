/**
 * The list of open cases, page by page in the hub's order. It stands still under the hand: rows change in place, but none
 * comes, goes or moves until somebody asks for it, or nobody is there. What came meanwhile waits and is counted.
 */
import { computed, shallowReactive, shallowRef, toRaw } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CasePage, CaseSummary, Grade } from "@/api/types";
import { hubNow } from "@/format/clock";
import { GRADES } from "@/format/grades";
import { onLinkOpen } from "@/live/stream";

import { arrivals, noteArrival } from "./arrivals";
import { isAttended } from "./attention";
import { onCaseChange } from "./changes";
import { belongs, compare, isFound, statesOf, type QueueQuery } from "./groups";

const PAGE_SIZE = 60;
/** Who scrolls on reads through the list: fewer and longer answers. */
const NEXT_SIZE = 200;
/** The hub counts what is found by words so far. */
export const MOST_FOUND = 1000;
/** The hub takes so many ids in one question. */
const MOST_IDS = 200;
const LOOK_ROUND_MS = 2000;
const QUESTIONS = ["group", "scene", "order", "words"] as const;

const query = shallowRef<QueueQuery | null>(null);
const ids = shallowRef<readonly number[]>([]);
/** The cases of `ids`, as they are now. */
const items = shallowReactive(new Map<number, CaseSummary>());
/** What belongs in the list and waits to be shown. */
const comers = shallowReactive(new Map<number, CaseSummary>());
/** Rows that do not belong in the list any more. */
const gone = shallowReactive(new Set<number>());
const next = shallowRef<string | null>(null);
const total = shallowRef(0);
const state = shallowRef<"nothing" | "loading" | "loaded">("nothing");
const failure = shallowRef<HubError | null>(null);
/** Changes that came while a page was on its way: the page may be older than they are. */
let missed: [CaseSummary, boolean][] | null = null;
let round = 0;
let openings = 0;

export const queueIds = computed(() => ids.value);
export const queueTotal = computed(() => total.value);
/** The hub did not count further what was looked for. */
export const foundMany = computed(() => query.value !== null && query.value.words !== "" && total.value > MOST_FOUND);
export const queueState = computed(() => state.value);
export const queueError = computed(() => failure.value);
export const waitingCount = computed(() => comers.size);
export const goneCount = computed(() => gone.size);
export const hasMore = computed(() => next.value !== null);

/** How grave the gravest is of those that wait; null where none waits. */
export const gravestWaiting = computed<Grade | null>(() => {
  const waiting = new Set([...comers.values()].map((item) => item.grade));
  return GRADES.find((grade) => waiting.has(grade)) ?? null;
});

/** How many came in that nobody has looked at and that this list leaves out. */
export const hiddenCount = computed(() => {
  const asked = query.value;
  return asked === null ? 0 : [...arrivals.values()].filter((item) => !items.has(item.id) && !(belongs(item, asked, hubNow()) && isFound(item, asked.words))).length;
});

export function caseOf(id: number): CaseSummary | undefined {
  return items.get(id);
}

export function isGone(id: number): boolean {
  return gone.has(id);
}

/** Show another list, or the same as it is now. Rows of before stay until the first page is here. */
export async function showQueue(asked: QueueQuery): Promise<void> {
  const before = query.value;
  const same = before !== null && QUESTIONS.every((key) => before[key] === asked[key]);
  query.value = asked;
  if (same && state.value === "loaded") {
    admit();
  } else {
    await load(null);
  }
}

/** Load the following page. */
export async function moreQueue(): Promise<void> {
  if (next.value !== null && state.value === "loaded" && missed === null) {
    await load(next.value);
  }
}

/** Let in what waits, take out what left, and put everything in its order. Gives the first that came in, if it is in reach. */
export function admit(): number | null {
  const asked = query.value;
  if (asked === null) {
    return null;
  }
  const last = lastLoaded();
  const came = [...comers.values()].filter((item) => last === null || compare(asked.order, item, last) < 0);
  gone.forEach((id) => items.delete(id));
  came.forEach((item) => items.set(item.id, item));
  total.value += comers.size - gone.size;
  gone.clear();
  comers.clear();
  ids.value = [...toRaw(items).values()].sort((a, b) => compare(asked.order, a, b)).map((item) => item.id);
  came.sort((a, b) => compare(asked.order, a, b));
  return came[0]?.id ?? null;
}

/** Follow the stream. Gives back the function that ends it. */
export function followQueue(): () => void {
  const look = setInterval(admitIfNobodyLooks, LOOK_ROUND_MS);
  const ends = [onCaseChange(takeChange), onLinkOpen(catchUpUnless)];
  openings = 0;
  return () => {
    clearInterval(look);
    ends.forEach((end) => {
      end();
    });
    round += 1;
    missed = null;
    query.value = null;
    ids.value = [];
    [items, comers, gone].forEach((kept) => {
      kept.clear();
    });
    next.value = null;
    state.value = "nothing";
    failure.value = null;
  };
}

function catchUpUnless(heardAll: boolean): void {
  if (!heardAll || state.value !== "loaded" || failure.value !== null) {
    void catchUp();
  }
}

function admitIfNobodyLooks(): void {
  if (comers.size > 0 && !isAttended()) {
    admit();
  }
}

/** The last row of the pages that are here; null where this is all. */
function lastLoaded(): CaseSummary | null {
  const id = next.value === null ? undefined : ids.value.at(-1);
  return id === undefined ? null : (toRaw(items).get(id) ?? null);
}

function takeChange(item: CaseSummary, isNew: boolean): void {
  const asked = query.value;
  if (asked === null || state.value === "nothing") {
    return;
  }
  if (missed !== null) {
    missed.push([item, isNew]);
    return;
  }
  const shown = toRaw(items).get(item.id);
  // a row that the hub found stays found
  const fits = belongs(item, asked, hubNow()) && (shown !== undefined || isFound(item, asked.words));
  if (shown !== undefined) {
    if (shown.updated_at <= item.updated_at) {
      items.set(item.id, { ...item, noted: shown.noted ?? null }); // the stream knows nothing of what is looked for
      if (fits) {
        gone.delete(item.id);
      } else {
        gone.add(item.id);
      }
    }
    return;
  }
  const last = lastLoaded();
  if (fits && (isNew || comers.has(item.id) || last === null || compare(asked.order, item, last) < 0)) {
    comers.set(item.id, item);
    if (ids.value.length === 0 || !isAttended()) {
      admit(); // where nothing stands, nothing can move
    }
  } else {
    comers.delete(item.id);
  }
}

async function load(after: string | null): Promise<void> {
  const asked = query.value;
  if (asked === null) {
    return;
  }
  const mine = ++round;
  missed ??= [];
  if (after === null) {
    state.value = "loading";
  }
  try {
    const page = await fetchPage(asked, after);
    if (mine === round) {
      takePage(page, after);
    }
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    if (mine === round) {
      failure.value = error;
    }
  } finally {
    if (mine === round) {
      state.value = "loaded";
      const late = missed;
      missed = null;
      late.forEach(([item, isNew]) => {
        takeChange(item, isNew);
      });
    }
  }
}

function takePage(page: CasePage, after: string | null): void {
  if (after === null) {
    [items, comers, gone].forEach((kept) => {
      kept.clear();
    });
  }
  const known = new Set(after === null ? [] : ids.value);
  const fresh = page.items.filter((item) => !known.has(item.id));
  fresh.forEach((item) => {
    items.set(item.id, item);
    comers.delete(item.id);
  });
  ids.value = [...known, ...fresh.map((item) => item.id)];
  next.value = page.next;
  total.value = page.total ?? (after === null ? page.items.length : total.value);
  failure.value = null;
}

/** One page of a list, as the hub has it now. Throws HubError. */
export function fetchPage(asked: QueueQuery, after: string | null, limit = after === null ? PAGE_SIZE : NEXT_SIZE): Promise<CasePage> {
  const cursor = asked.order === "rank" ? { after } : { before: after === null ? null : Number(after) };
  const only = { state: statesOf(asked.group), scene: asked.scene, overdue: asked.group === "overdue", q: asked.words };
  return take(hub.GET("/api/cases", { params: { query: { ...only, ...cursor, order: asked.order, limit } } }));
}

/** What happened while the stream was not open: rows that are shown are asked for, and so is the head of the list. */
async function catchUp(): Promise<void> {
  const asked = query.value;
  openings += 1;
  if (asked === null || state.value === "nothing") {
    return;
  }
  const isFirst = openings === 1;
  try {
    const page = await fetchPage(asked, null);
    const here = new Set(page.items.map((item) => item.id));
    const others = isFirst ? [] : ids.value.filter((id) => !here.has(id));
    const found = [...page.items];
    for (let at = 0; at < others.length; at += MOST_IDS) {
      const id = others.slice(at, at + MOST_IDS);
      found.push(...(await take(hub.GET("/api/cases", { params: { query: { id, limit: MOST_IDS } } }))).items);
    }
    found.forEach((item) => {
      const isNew = !isFirst && here.has(item.id) && !items.has(item.id);
      if (isNew) {
        noteArrival(item);
      }
      takeChange(item, isNew);
    });
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    failure.value = error;
  }
}
