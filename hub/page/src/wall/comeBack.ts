/** A wall has nobody who signs in again at once: it looks whether it may come back, as after a restart of the hub, or of the browser while the hub was away. */
import { onMounted, onUnmounted } from "vue";

import { HubError } from "@/api/client";
import { restoreSession } from "@/session";

const EVERY_MS = 15_000;

/** Ask again and again for the session of this browser, until it is there; then `back`. Does nothing unless `isWall`. */
export function useComeBack(isWall: boolean, back: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const ask = async (): Promise<void> => {
    try {
      await restoreSession();
    } catch (error) {
      if (error instanceof HubError) {
        return;
      }
      throw error;
    }
    back();
  };
  onMounted(() => {
    if (isWall) {
      timer = setInterval(() => void ask(), EVERY_MS);
    }
  });
  onUnmounted(() => {
    clearInterval(timer);
  });
}
