/** A camera's settings at the hub: asked for, changed, taken back, and what became of it. */
import { computed, onUnmounted, shallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CameraSettingsView } from "@/api/types";

import type { Draft } from "./editor";
import { isValues, type Values } from "./schema";

/** How often a gateway's answer is asked for while one is awaited. */
const EVERY_MS = 1000;

/** The keys that the hub sets in the end: those of the change that waits, else those that hold. */
export function wantedKeys({ changed, changes }: CameraSettingsView): Values {
  const [newest] = changes;
  return newest?.state === "waiting" ? newest.settings : changed;
}

/** What is edited, as it is once the gateway has taken what waits. */
export function draftOf(view: CameraSettingsView): Draft {
  const { scenes, calibration } = { ...view.settings, ...wantedKeys(view) };
  return { scenes: Array.isArray(scenes) ? scenes.filter(isValues) : [], calibration: isValues(calibration) ? calibration : null };
}

/** The keys to be sent: what the hub sets already, with what was edited in its place. */
export function keysOf(view: CameraSettingsView, draft: Draft): Values {
  const before = draftOf(view);
  const changed = (["scenes", "calibration"] as const).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(draft[key]));
  return { ...wantedKeys(view), ...Object.fromEntries(changed.map((key) => [key, draft[key]])) };
}

/** Minutes of a camera's video that its gateway keeps, on which settings can be tried; a recording is tried whole. */
export function keptMinutes({ settings }: CameraSettingsView): number {
  const { source, look_back: kept } = settings;
  const minutes = isValues(kept) ? kept["minutes"] : 0;
  return isValues(source) && source["kind"] === "rtsp" && typeof minutes === "number" ? minutes : 0;
}

/** A gateway of an older version says nothing of its cameras' settings. */
export function withoutSettings(error: HubError): HubError {
  return error.code === "not_found" ? new HubError(404, "no_settings", error.message) : error;
}

export function useCameraSettings(gateway: string, camera: string) {
  const path = { gateway, camera };
  const view = shallowRef<CameraSettingsView | null>(null);
  const failure = shallowRef<HubError | null>(null);
  const busy = shallowRef(false);
  const newest = computed(() => view.value?.changes[0] ?? null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    clearTimeout(timer);
    try {
      view.value = await take(hub.GET("/api/cameras/{gateway}/{camera}/settings", { params: { path } }));
    } catch (error) {
      if (!(error instanceof HubError)) {
        throw error;
      }
      if (view.value === null) {
        failure.value = withoutSettings(error); // else the next round asks again
      }
    }
    if (newest.value?.state === "waiting") {
      timer = setTimeout(() => void load(), EVERY_MS);
    }
  }

  /** Do something and show what became of it; false where the hub refused. */
  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    failure.value = null;
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof HubError)) {
        throw error;
      }
      failure.value = error;
      return false;
    } finally {
      busy.value = false;
    }
  }

  const base = (): number => view.value?.newest_version ?? 0;

  function send(settings: Values, why: string): Promise<boolean> {
    const body = { settings, why, base_version: base() };
    return attempt(async () => {
      await take(hub.PUT("/api/cameras/{gateway}/{camera}/settings", { params: { path }, body }));
      await load();
    });
  }

  function revert(version: number, why: string): Promise<boolean> {
    const body = { version, why, base_version: base() };
    return attempt(async () => {
      await take(hub.POST("/api/cameras/{gateway}/{camera}/settings/revert", { params: { path }, body }));
      await load();
    });
  }

  onUnmounted(() => {
    clearTimeout(timer);
  });

  return { view, newest, failure, busy, load: () => attempt(load), send, revert };
}
