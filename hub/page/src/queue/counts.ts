/** How many open cases there are, counted by the hub: asked for after changes, however many, once in a few seconds. */
import { computed, shallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseCounts } from "@/api/types";
import { onLinkOpen } from "@/live/stream";

import { onCaseChange } from "./changes";

const NOTHING: CaseCounts = {
  ...{ open: 0, new: 0, handling: 0, check: 0, overdue: 0 },
  ...{ unacknowledged: 0, unacknowledged_serious: 0, unacknowledged_major: 0 },
};
const SOON_MS = 300;
const REST_MS = 3000;
/** Deadlines pass also while nothing changes. */
const ANYWAY_MS = 60_000;

const counts = shallowRef<CaseCounts | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
let asksSoon = false;
let lastAsked = 0;

export const caseCounts = computed(() => counts.value ?? NOTHING);
export const countsLoaded = computed(() => counts.value !== null);

/** Count, and follow the stream from then on. Gives back the function that ends it. */
export function followCounts(): () => void {
  const ends = [onLinkOpen(() => void load()), onCaseChange(loadSoon)];
  return () => {
    clearTimeout(timer);
    ends.forEach((end) => {
      end();
    });
    counts.value = null;
  };
}

function loadSoon(): void {
  if (!asksSoon) {
    asksSoon = true;
    wait(Math.max(SOON_MS, lastAsked + REST_MS - Date.now()));
  }
}

function wait(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void load(), milliseconds);
}

async function load(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  asksSoon = false;
  lastAsked = Date.now();
  try {
    const fetched = await take(hub.GET("/api/cases/counts"));
    const known = counts.value;
    if (known === null || Object.entries(fetched).some(([kind, count]) => known[kind as keyof CaseCounts] !== count)) {
      counts.value = fetched;
    }
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    // the banner says that the hub cannot be reached; the figures come with the next opening of the stream
  }
  // what came while it was asked has set its own time
  timer ??= setTimeout(() => void load(), ANYWAY_MS);
}
