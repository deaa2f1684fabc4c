/** Which list the address asks for, and how another one is asked for. */
import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";

import type { SceneName } from "@/api/types";
import { useCity } from "@/live/city";
import type { PastQuery } from "@/live/pastCases";

import { GROUPS, ORDERS, type Group, type Order, type QueueQuery } from "./groups";

export const PAST: readonly PastQuery["state"][] = ["closed", "rejected", "voided", "merged"];

export interface Wanted {
  view?: string;
  scene?: string;
  order?: string;
  words?: string;
}

export interface Filters {
  view: ComputedRef<string>;
  scene: ComputedRef<SceneName | null>;
  order: ComputedRef<Order>;
  words: ComputedRef<string>;
  /** The list of open cases that is asked for; null where it is one of past cases. */
  queue: ComputedRef<QueueQuery | null>;
  past: ComputedRef<PastQuery | null>;
  /** Ask for another list; what is not named stays. */
  filter: (next: Wanted) => void;
}

/** The filters of the list's page; they are part of its address, so they outlive a look at a case. */
export function useFilters(): Filters {
  const route = useRoute();
  const router = useRouter();
  const city = useCity();

  const one = <T extends string>(key: string, among: readonly T[], otherwise: T): T =>
    among.find((value) => value === route.query[key]) ?? otherwise;
  const pastState = computed(() => PAST.find((state) => state === route.query["view"]) ?? null);
  const group = computed<Group>(() => one("view", GROUPS, "open"));
  const order = computed(() => one("order", ORDERS, "rank"));
  const scene = computed(() => city.value?.scenes.find(({ scene: name }) => name === route.query["scene"])?.scene ?? null);
  const words = computed(() => (typeof route.query["q"] === "string" ? route.query["q"].slice(0, 100) : ""));
  const view = computed(() => pastState.value ?? group.value);

  const filter: Filters["filter"] = (next) => {
    const query = { view: view.value, scene: scene.value ?? "", order: order.value, words: words.value, ...next };
    void router.replace({
      query: {
        ...(query.view === "open" ? {} : { view: query.view }),
        ...(query.scene === "" ? {} : { scene: query.scene }),
        ...(query.order === "rank" ? {} : { order: query.order }),
        ...(query.words === "" ? {} : { q: query.words }),
      },
    });
  };
  return {
    view,
    scene,
    order,
    words,
    queue: computed(() =>
      pastState.value === null ? { group: group.value, scene: scene.value, order: order.value, words: words.value } : null,
    ),
    past: computed(() => (pastState.value === null ? null : { state: pastState.value, scene: scene.value, words: words.value })),
    filter,
  };
}
