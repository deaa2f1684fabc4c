/** Areas with the version of the city pack that they were read from: a change begins from there. */
import { hub, take } from "@/api/client";
import type { components } from "@/api/schema";
import { loadCity } from "@/live/city";

import { useLoaded, type Loaded } from "./act";

type Schemas = components["schemas"];
export type AreaFeature = Schemas["AreaFeature"];
export type Areas = Schemas["AreaCollection"];

export function useAreas(): Loaded<Areas> {
  return useLoaded(() => take(hub.GET("/api/areas")));
}

/** A change of areas: the names that the rest of the page shows are loaded anew. */
export async function changed<T>(work: Promise<T>): Promise<T> {
  const done = await work;
  await loadCity();
  return done;
}
