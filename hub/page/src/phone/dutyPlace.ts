/** Where this phone is, told to the hub while its owner is on duty and wants it; only the latest place is kept there. */
import { ref, watch } from "vue";

import { hub, HubError, take } from "@/api/client";

import { whereNow } from "./here";

const EVERY_MS = 120_000;

export type DutyPlaceState = "off" | "known" | "offDuty" | "none";

/** Whether this phone's owner wants it; kept for them in this browser alone. */
export const sharesPlace = ref(false);
export const placeState = ref<DutyPlaceState>("off");
/** When the hub heard of it last, as ISO 8601. */
export const placeKnownAt = ref("");

/** Follow what is wanted. Gives back the function that ends it. */
export function followDutyPlace(username: string): () => void {
  const key = `sharp-eyes.duty-place.${username}`;
  sharesPlace.value = localStorage.getItem(key) === "yes";
  let timer: ReturnType<typeof setInterval> | undefined;
  const end = watch(
    sharesPlace,
    (wanted, before) => {
      clearInterval(timer);
      if (wanted) {
        localStorage.setItem(key, "yes");
        void tell();
        timer = setInterval(() => void tell(), EVERY_MS);
        return;
      }
      localStorage.removeItem(key);
      placeState.value = "off";
      if (before === true) {
        void quietly(() => take(hub.DELETE("/api/duty/position")));
      }
    },
    { immediate: true },
  );
  return () => {
    clearInterval(timer);
    end();
    placeState.value = "off";
  };
}

async function tell(): Promise<void> {
  const here = await whereNow();
  if (!sharesPlace.value) {
    return;
  }
  if (here === null) {
    placeState.value = "none";
    return;
  }
  await quietly(async () => {
    const { at } = await take(hub.PUT("/api/duty/position", { body: { ...here, datum: "wgs84" } }));
    placeKnownAt.value = at;
    placeState.value = "known";
  });
}

async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    if (error.code === "not_on_duty") {
      placeState.value = "offDuty";
    }
    // without network it is told at the next turn
  }
}
