/** What is drawn now: open cases that the filters let through, cameras, areas, units and counts, in the ground's datum. */
import { computed, type ComputedRef } from "vue";

import type { CameraCount, Grade, MapCase, MapUnit, Thing } from "@/api/types";
import { useNow } from "@/format/clock";
import { t } from "@/i18n/words";
import { allCameras } from "@/live/cameras";
import { belongs, type QueueQuery } from "@/queue/groups";

import type { MapData } from "./data";
import type { Datum, Position } from "./datum";
import {
  areaFeatures,
  boundsOf,
  cameraFeatures,
  caseFeatures,
  cornersOf,
  heatFeatures,
  movedAreas,
  nameFeatures,
  placesOf,
  reportPlaces,
  spotFeature,
  thingFeatures,
  unitFeatures,
  type Area,
  type Bounds,
  type Places,
} from "./features";
import { THING_LAYERS, type ThingLayer } from "./layers";
import type { Drawn } from "./style";
import { thingName } from "./things";

const MINUTE_MS = 60_000;
const DATUM: Datum = "wgs84";

export interface Shown {
  /** Of what the hub says, and of what the map shows. */
  datum: ComputedRef<Datum>;
  ground: ComputedRef<Datum>;
  cases: ComputedRef<readonly MapCase[]>;
  places: ComputedRef<Places>;
  areas: ComputedRef<readonly Area[]>;
  drawn: ComputedRef<Drawn>;
  /** Everything that has a place; null where nothing has. */
  whole: ComputedRef<Bounds | null>;
}

export function useShown(
  { view, cases }: MapData,
  asked: () => Pick<QueueQuery, "group" | "scene"> & { grade: Grade | null },
  counts: () => readonly CameraCount[],
  chosen: () => Position | null,
  things: () => readonly Thing[] = () => [],
): Shown {
  const now = useNow();
  // deadlines pass also while nothing changes
  const minute = computed(() => Math.floor(now.value / MINUTE_MS) * MINUTE_MS);
  const datum = computed(() => view.value?.datum ?? DATUM);
  const ground = computed(() => view.value?.tiles?.datum ?? datum.value);
  const fitting = computed(() => {
    const { grade, ...query } = asked();
    return cases.value.filter((item) => (grade === null || item.grade === grade) && belongs(item, query, minute.value));
  });
  const places = computed(
    () => new Map([...placesOf(allCameras.value, datum.value, ground.value), ...reportPlaces(cases.value, datum.value, ground.value)]),
  );
  const areas = computed(() => movedAreas(view.value?.areas ?? [], datum.value, ground.value));

  const caseDots = computed(() => caseFeatures(fitting.value, places.value, minute.value));
  const cameraDots = computed(() => cameraFeatures(allCameras.value, places.value));
  const outlines = computed(() => areaFeatures(areas.value));
  const names = computed(() => nameFeatures(areas.value));
  const units = computed(() => unitFeatures(view.value?.units ?? [], dutyWords, datum.value, ground.value));
  const heat = computed(() => heatFeatures(counts(), places.value));
  const thingDots = computed(() => THING_LAYERS.map((layer) => [layer, thingFeatures(things(), layer, thingName)] as const));
  const ring = computed(() => spotFeature(chosen()));
  return {
    datum,
    ground,
    cases: fitting,
    places,
    areas,
    drawn: computed(() => ({
      areas: outlines.value,
      names: names.value,
      heat: heat.value,
      cameras: cameraDots.value,
      units: units.value,
      ...(Object.fromEntries(thingDots.value) as Pick<Drawn, ThingLayer>),
      cases: caseDots.value,
      chosen: ring.value,
    })),
    whole: computed(() => boundsOf([...cornersOf(areas.value), ...places.value.values()])),
  };
}

function dutyWords(unit: MapUnit): string {
  const { length } = unit.on_duty;
  return length === 0 ? t("map.offDuty") : t("map.onDuty", { n: length, names: unit.on_duty.join(" · ") });
}
