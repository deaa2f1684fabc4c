/** All cameras and their health, kept up to date by the stream and, for the running figures, by asking. */
import { computed, shallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CameraView, GatewayView } from "@/api/types";
import { ownName } from "@/i18n/words";

import { onLinkOpen, onStreamEvent } from "./stream";

const cameras = shallowRef<readonly CameraView[]>([]);
const gateways = shallowRef<readonly GatewayView[]>([]);
const failure = shallowRef<HubError | null>(null);
const loaded = shallowRef(false);
let reloading: Promise<void> | null = null;
let again = false;

/** Whether nothing can be seen through a camera now: it is lost, or its gateway is. */
export function isDown(camera: CameraView): boolean {
  return !camera.gateway_online || camera.state === "lost";
}

/** Since when it is down: a camera behind a silent gateway since that was last heard. */
export function downSince(camera: CameraView): string | null {
  if (camera.gateway_online) {
    return camera.since;
  }
  return gateways.value.find((one) => one.gateway === camera.gateway)?.last_heartbeat_at ?? camera.since;
}

export const allGateways = computed(() => gateways.value);
export const camerasError = computed(() => failure.value);
export const camerasLoaded = computed(() => loaded.value);
export const camerasDown = computed(() => cameras.value.filter(isDown).length);

/** Those that are down first, then by name. */
export const allCameras = computed(() =>
  cameras.value
    .map((one) => ({ ...one, name: ownName(one.name) }))
    .sort((a, b) => Number(isDown(b)) - Number(isDown(a)) || a.name.localeCompare(b.name, "zh-CN")),
);

/** Load them anew; calls that come while one runs are answered by one more run after it. */
export function loadCameras(): Promise<void> {
  if (reloading !== null) {
    again = true;
    return reloading;
  }
  reloading = loadOnce().finally(() => {
    reloading = null;
    if (again) {
      again = false;
      void loadCameras();
    }
  });
  return reloading;
}

async function loadOnce(): Promise<void> {
  try {
    [cameras.value, gateways.value] = await Promise.all([
      take(hub.GET("/api/cameras")),
      take(hub.GET("/api/gateways")),
    ]);
    loaded.value = true;
    failure.value = null;
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    failure.value = error;
  }
}

/** Load, and follow the stream from then on. Gives back the function that ends it. */
export function followCameras(): () => void {
  const ends = [
    onLinkOpen((heardAll) => {
      if (!heardAll || !loaded.value || failure.value !== null) {
        void loadCameras();
      }
    }),
    onStreamEvent(({ type }) => {
      if (type === "camera" || type === "gateway") {
        void loadCameras();
      }
    }),
  ];
  return () => {
    ends.forEach((end) => {
      end();
    });
    cameras.value = [];
    loaded.value = false;
  };
}

/** What a camera is called; its identifier where it has no name. */
export function cameraName(one: { gateway: string; camera: string }): string {
  const known = allCameras.value.find(({ gateway, camera }) => gateway === one.gateway && camera === one.camera);
  return known === undefined || known.name === "" ? one.camera : known.name;
}
