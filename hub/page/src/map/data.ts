/** What the map shows beside cameras: loaded when it is opened and when the stream opens again, and followed from then on. */
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CameraCount, CaseSummary, MapCase, MapView, SceneName } from "@/api/types";
import { isOver } from "@/format/due";
import { askAgainWhenBack } from "@/live/again";
import { useLatest } from "@/live/latest";
import { onLinkOpen, useLink } from "@/live/stream";
import { onCaseChange } from "@/queue/changes";

/** Changes that come at once are drawn at once. */
const GATHER_MS = 250;

export interface MapData {
  view: Readonly<ShallowRef<Omit<MapView, "cases"> | null>>;
  /** Open cases in the queue's order. */
  cases: Readonly<ShallowRef<readonly MapCase[]>>;
  /** How many cases the hub gave: of very many the first alone. */
  loaded: Readonly<ShallowRef<number>>;
  error: Readonly<ShallowRef<HubError | null>>;
}

export function useMapData(): MapData {
  const view = shallowRef<Omit<MapView, "cases"> | null>(null);
  const cases = shallowRef<readonly MapCase[]>([]);
  const loaded = shallowRef(0);
  const error = shallowRef<HubError | null>(null);
  const known = new Map<number, MapCase>();
  /** Changes that came while the answer was on its way: it may be older than they are. */
  let missed: CaseSummary[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (): void => {
    timer = undefined;
    cases.value = [...known.values()].sort((a, b) => a.rank - b.rank || a.id - b.id);
  };
  const put = (item: CaseSummary): void => {
    if (isOver(item.state)) {
      known.delete(item.id);
    } else {
      known.set(item.id, item);
    }
  };
  const load = async (): Promise<void> => {
    missed = [];
    try {
      const { cases: open, ...rest } = await take(hub.GET("/api/map"));
      known.clear();
      open.forEach((item) => known.set(item.id, item));
      missed.forEach(put);
      loaded.value = open.length;
      view.value = rest;
      error.value = null;
      tell();
    } catch (refused) {
      if (!(refused instanceof HubError)) {
        throw refused;
      }
      error.value = refused;
    }
  };

  if (useLink().value === "open") {
    void load(); // else the stream's opening does it
  }
  const ends = [
    onLinkOpen((heardAll) => {
      if (!heardAll || view.value === null || error.value !== null) {
        void load();
      }
    }),
    onCaseChange((item) => {
      missed.push(item);
      put(item);
      timer ??= setTimeout(tell, GATHER_MS);
    }),
  ];
  onScopeDispose(() => {
    clearTimeout(timer);
    ends.forEach((end) => {
      end();
    });
  });
  return { view, cases, loaded, error };
}

/** How many cases came from each camera within so many days; asked for only while `wanted`. */
export function useCounts(wanted: () => boolean, scene: () => SceneName | null, days: Readonly<Ref<number>>): Readonly<ShallowRef<readonly CameraCount[]>> {
  const counts = shallowRef<readonly CameraCount[]>([]);
  const { latest } = useLatest();
  let missed: HubError | null = null;
  const load = async (): Promise<void> => {
    const one = scene();
    missed = null;
    if (!wanted()) {
      return;
    }
    const query = { days: days.value, ...(one === null ? {} : { scene: one }) };
    try {
      await latest(
        () => take(hub.GET("/api/map/counts", { params: { query } })),
        (found) => {
          counts.value = found;
        },
      );
    } catch (refused) {
      if (!(refused instanceof HubError)) {
        throw refused;
      }
      missed = refused;
      counts.value = []; // the banner says that the hub cannot be reached
    }
  };
  watch([wanted, scene, days], load, { immediate: true });
  askAgainWhenBack(() => missed, load);
  return counts;
}
