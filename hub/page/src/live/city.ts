/** The city's own names: scenes and units, loaded once a connection. */
import { computed, shallowRef, type ComputedRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseSummary, City } from "@/api/types";
import { useToday } from "@/format/clock";
import { named, ownName, pick } from "@/i18n/words";

import { keep, kept } from "./keep";
import { onLinkOpen } from "./stream";

const KEPT = "city";
const city = shallowRef<City | null>(null);

/** Load the names whenever the stream opens: the hub may have been started with other ones. */
export function followCity(): () => void {
  void kept("shown", KEPT).then((found) => {
    city.value ??= (found as City | undefined) ?? null;
  });
  return onLinkOpen(() => void loadCity());
}

/** Load the names anew: they have changed. */
export async function loadCity(): Promise<void> {
  try {
    city.value = await take(hub.GET("/api/city"));
    await keep("shown", KEPT, city.value);
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    // identifiers stand for the names that no phone has kept, until the stream opens again
  }
}

export function useCity(): Readonly<typeof city> {
  return city;
}

/** The present day by the city's clocks, by which the hub counts days, as `2026-03-31`. */
export function useCityDay(): ComputedRef<string> {
  const today = useToday();
  return computed(() => new Intl.DateTimeFormat("sv-SE", { timeZone: city.value?.timezone ?? "Asia/Shanghai" }).format(today.value));
}

/** A scene's name in the reader's language; its identifier until the names are there. */
export function sceneName(scene: string): string {
  const found = city.value?.scenes.find((one) => one.scene === scene);
  return found === undefined ? scene : pick(found.name);
}

/** A role's name; the city may have some of its own. */
export function roleName(id: string): string {
  const own = city.value?.roles.find((one) => one.id === id)?.name;
  return own == null ? named("role", id) : pick(own);
}

/** What a case is about: its report's kind, else its scene. */
export function caseName({ scene, kind, kind_name: name }: Pick<CaseSummary, "scene" | "kind" | "kind_name">): string {
  if (name !== null) {
    return pick(name);
  }
  return kind === null ? sceneName(scene ?? "") : kindName(kind);
}

/** Where a case was seen, in words beside its area: its camera, else what its report says, else who reported it. */
export function caseSpot({ camera_name: camera, place, source }: Pick<CaseSummary, "camera_name" | "place" | "source">): string {
  return camera === null ? (place === "" ? named("source", source) : place) : ownName(camera);
}

/** Where a case is: its camera or its report's place, where there is one, and its area. */
export function caseWhere({ camera_name: camera, place, area_name: area }: Pick<CaseSummary, "camera_name" | "place" | "area_name">): string {
  return [camera === null ? place : ownName(camera), pick(area)].filter(Boolean).join(" · ");
}

/** A kind of report, as above. */
export function kindName(kind: string): string {
  const found = city.value?.kinds.find((one) => one.id === kind);
  return found === undefined ? kind : pick(found.name);
}

/** A kind of premises, as above. */
export function premisesKindName(kind: string): string {
  const found = city.value?.premises_kinds.find((one) => one.id === kind);
  return found === undefined ? kind : pick(found.name);
}

/** A milestone of any kind, as above. */
export function milestoneNamed(milestone: string): string {
  const found = city.value?.kinds.flatMap((kind) => kind.milestones).find((one) => one.id === milestone);
  return found === undefined ? milestone : pick(found.name);
}

/** A unit's name, as above. */
export function unitName(unit: string): string {
  const found = city.value?.units.find((one) => one.id === unit);
  return found === undefined ? unit : pick(found.name);
}

/** An area's name; of one that is no more the last part of its path. */
export function areaName(path: string): string {
  const found = city.value?.areas.find((one) => one.path === path);
  return found === undefined ? path.slice(path.lastIndexOf("/") + 1) : pick(found.name);
}
