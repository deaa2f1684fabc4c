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

const GRAVE: readonly Grade[] = ["major", "serious"];
const GATHER_MS = 1000;
const EVERY_MS = 60_000;
const ALERTS = 8;
const LATE = 8;

export interface WallData {
  /** Open serious and major cases, the newest first. */
  alerts: Readonly<ShallowRef<readonly CaseSummary[]>>;
  late: Readonly<ShallowRef<{ items: readonly CaseSummary[]; total: number }>>;
  today: Readonly<ShallowRef<Today | null>>;
  /** When the hub last answered, in milliseconds since 1970. */
  asOf: Readonly<ShallowRef<number>>;
}

export function useWallData(): WallData {
  const alerts = shallowRef<readonly CaseSummary[]>([]);
  const late = shallowRef<{ items: readonly CaseSummary[]; total: number }>({ items: [], total: 0 });
  const today = shallowRef<Today | null>(null);
  const asOf = shallowRef(hubNow());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;

  const open = (only: object): Promise<{ items: CaseSummary[]; total?: number | null }> =>
    take(hub.GET("/api/cases", { params: { query: { state: [...OPEN_STATES], ...only } } }));

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
      late.value = { items: overdue.items, total: overdue.total ?? overdue.items.length };
      today.value = usual;
      alerts.value = grave.flatMap(({ items }) => items).sort((a, b) => b.id - a.id).slice(0, ALERTS);
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
