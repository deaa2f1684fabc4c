/** The city's own names: scenes and units, loaded once a session. */
import { shallowRef } from "vue";

import { hub, take } from "@/api/client";
import type { City } from "@/api/types";
import { pick } from "@/i18n/words";

const city = shallowRef<City | null>(null);

/** Load the names. Throws HubError. */
export async function loadCity(): Promise<void> {
  city.value = await take(hub.GET("/api/city"));
}

export function useCity(): Readonly<typeof city> {
  return city;
}

/** A scene's name in the reader's language; its identifier until the names are there. */
export function sceneName(scene: string): string {
  const found = city.value?.scenes.find((one) => one.scene === scene);
  return found === undefined ? scene : pick(found.name);
}
