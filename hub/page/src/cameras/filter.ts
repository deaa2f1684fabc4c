/** Which cameras the list shows, and how they stand: what is wrong first, and those behind a gateway that is away as one. */
import type { CameraView } from "@/api/types";

export const HEALTHS = ["all", "faults", "fine"] as const;
export type Health = (typeof HEALTHS)[number];

export interface CameraFilter {
  words: string;
  health: Health;
  scene: string;
}

export const EVERY_CAMERA: CameraFilter = { words: "", health: "all", scene: "" };

/** Whether somebody should look after it: nothing comes from it, it is late, or the gateway says what hinders it. */
export function hasFault(camera: CameraView): boolean {
  return !camera.gateway_online || camera.state !== "online" || (camera.lateness ?? 0) >= 1 || camera.detail !== "";
}

/** Those that are wanted; each word must stand in a camera's name, identifier, area or gateway. */
export function chosen(cameras: readonly CameraView[], { words, health, scene }: CameraFilter): CameraView[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return cameras.filter((camera) => {
    const { name, gateway, area_name } = camera;
    const text = [name, camera.camera, gateway, area_name.zh, area_name.en].join(" ").toLocaleLowerCase();
    const fits = health === "all" || hasFault(camera) === (health === "faults");
    return fits && (scene === "" || camera.scenes.some((one) => one === scene)) && wanted.every((word) => text.includes(word));
  });
}

/** Cameras behind each gateway that is away. */
export function behindAway(cameras: readonly CameraView[]): Map<string, CameraView[]> {
  const found = new Map<string, CameraView[]>();
  for (const camera of cameras.filter((one) => !one.gateway_online)) {
    found.set(camera.gateway, [...(found.get(camera.gateway) ?? []), camera]);
  }
  return found;
}
