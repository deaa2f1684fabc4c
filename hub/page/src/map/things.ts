/** Things of the hub's one map: loaded for what the map shows, in the datum of what lies under them. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { Thing } from "@/api/types";
import { named, ownName, pick } from "@/i18n/words";
import { askAgainWhenBack } from "@/live/again";
import { sceneName, unitName, useCity } from "@/live/city";
import { placeKindName } from "@/register/places";

import type { Datum } from "./datum";
import type { Bounds } from "./features";
import { THING_LAYERS, type Layer, type ThingLayer } from "./layers";

const GATHER_MS = 250;
export const MOST_THINGS = 1000;

export interface Things {
  things: Readonly<ShallowRef<readonly Thing[]>>;
  /** There are more than are shown. */
  more: Readonly<ShallowRef<boolean>>;
}

export function thingName({ properties: { name } }: Thing): string {
  return typeof name === "string" ? ownName(name) : pick(name);
}

/** What a thing is, in the reader's words. */
export function thingKind({ properties: { layer, kind } }: Thing): string {
  switch (layer) {
    case "places":
      return placeKindName(useCity().value, kind);
    case "premises":
      return pick(useCity().value?.premises_kinds.find(({ id }) => id === kind)?.name ?? { zh: kind, en: kind });
    case "people":
      return unitName(kind) === kind ? named("role", kind) : unitName(kind);
    case "cases":
      return sceneName(kind);
    default:
      return named("map.layer", layer);
  }
}

/** As far as a hub takes bounds; a map shows more of nothing. */
export function onEarth([west, south, east, north]: Bounds): [number, number, number, number] {
  return [Math.max(west, -180), Math.max(south, -90), Math.min(east, 180), Math.min(north, 90)];
}

/** Things of the layers that are switched on, within the bounds; asked for again when either changes. */
export function useThings(shown: () => ReadonlySet<Layer>, bounds: () => Bounds | null, datum: () => Datum): Things {
  const things = shallowRef<readonly Thing[]>([]);
  const more = shallowRef(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  let missed: { why: HubError; again: () => unknown } | null = null;

  const load = async (layers: ThingLayer[], box: Bounds): Promise<void> => {
    asked += 1;
    const mine = asked;
    missed = null;
    const body = { layers, kinds: [], words: "", bounds: onEarth(box), datum: datum(), limit: MOST_THINGS };
    try {
      const found = await take(hub.POST("/api/one-map", { body }));
      if (mine === asked) {
        things.value = found.features;
        more.value = found.next !== null;
      }
    } catch (refused) {
      if (!(refused instanceof HubError)) {
        throw refused;
      }
      things.value = []; // the banner says that the hub cannot be reached
      missed = { why: refused, again: () => void load(layers, box) };
    }
  };
  watch(
    [shown, bounds, datum],
    ([on, box]) => {
      clearTimeout(timer);
      const layers = THING_LAYERS.filter((layer) => on.has(layer));
      if (layers.length === 0 || box === null) {
        asked += 1;
        missed = null;
        things.value = [];
        more.value = false;
        return;
      }
      timer = setTimeout(() => void load(layers, box), GATHER_MS);
    },
    { immediate: true },
  );
  askAgainWhenBack(() => missed?.why ?? null, () => missed?.again());
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  return { things, more };
}
