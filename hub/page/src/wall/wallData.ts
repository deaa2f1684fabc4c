/**
 * What the wall shows: asked for anew whenever a case changes, when the stream opens, and every minute, and each answer
 * takes the place of the one before, so that nothing grows however long it runs. What cannot be had stays as it was.
 */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseSummary, Grade, Today } from "@/api/types";
import { hubNow } from "@/format/clock";
import { onLinkOpen } from "@/live/stream";
import { onCaseChange } from "@/queue/changes";
import { OPEN_STATES } from "@/queue/groups";

/** In the order in which the wall shows them. */
const GRAVE: readonly Grade[] = ["major", "serious"];
const GATHER_MS = 1000;
const EVERY_MS = 60_000;
const ALERTS = 8;
const LATE = 8;

/** The first of many. */
export interface First {
  items: readonly CaseSummary[];
  total: number;
}

const NONE: First = { items: [], total: 0 };

export interface WallData {
  /** Open cases, the major ones before the serious, and of each the newest first. */
  alerts: Readonly<ShallowRef<First>>;
  late: Readonly<ShallowRef<First>>;
  today: Readonly<ShallowRef<Today | null>>;
  /** When the hub last answered, in milliseconds since 1970. */
  asOf: Readonly<ShallowRef<number>>;
}

export function useWallData(): WallData {
  const alerts = shallowRef(NONE);
  const late = shallowRef(NONE);
  const today = shallowRef<Today | null>(null);
  const asOf = shallowRef(hubNow());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;

  const open = async (only: object): Promise<First> => {
    const { items, total } = await take(hub.GET("/api/cases", { params: { query: { state: [...OPEN_STATES], ...only } } }));
    return { items, total: total ?? items.length };
  };

  const load = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      const [overdue, usual, ...grave] = await Promise.all([
        open({ overdue: true, order: "rank", limit: LATE }),
        take(hub.GET("/api/figures/today")),
        ...GRAVE.map((grade) => open({ grade, limit: ALERTS })),
      ]);
      late.value = overdue;
      today.value = usual;
      alerts.value = {
        items: grave.flatMap(({ items }) => [...items].sort((a, b) => b.id - a.id)).slice(0, ALERTS),
        total: grave.reduce((sum, { total }) => sum + total, 0),
      };
      asOf.value = hubNow();
    } catch (error) {
      if (!(error instanceof HubError)) {
        throw error;
      }
    } finally {
      running = false;
      if (again) {
        again = false;
        soon();
      }
    }
  };
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void load();
    }, GATHER_MS);
  };
  const minutes = setInterval(() => void load(), EVERY_MS);
  const ends = [onLinkOpen(() => void load()), onCaseChange(soon)];
  void load();
  onScopeDispose(() => {
    clearTimeout(timer);
    clearInterval(minutes);
    ends.forEach((end) => {
      end();
    });
  });
  return { alerts, late, today, asOf };
}
