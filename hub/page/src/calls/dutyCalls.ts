/** Calls to a device's alarm that are for whoever is signed in: they ring until they are answered, or the next is called. */
import { computed, shallowRef, watch } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { components } from "@/api/schema";
import { pick, t } from "@/i18n/words";
import { notices } from "@/live/notices";
import { onLinkOpen, onStreamEvent } from "@/live/stream";

import { callForDuty } from "./calling";

export type DutyCallView = components["schemas"]["CallView"];

const AGAIN_MS = 10_000;
const calls = shallowRef<DutyCallView[]>([]);

/** The latest call that is for this person. */
export const dutyCall = computed(() => calls.value[0] ?? null);

export async function loadDutyCalls(): Promise<void> {
  try {
    calls.value = await take(hub.GET("/api/calls"));
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    // the banner says that the hub cannot be reached; they are asked for again with the next opening of the stream
  }
}

/** Follow the stream, and ring. Gives back the function that ends it. */
export function followDutyCalls(): () => void {
  let ringing: ReturnType<typeof setInterval> | undefined;
  let over: ReturnType<typeof setTimeout> | undefined;
  const ends = [
    onLinkOpen(() => void loadDutyCalls()),
    onStreamEvent(({ type, data }) => {
      const kind = typeof data === "object" && data !== null && "kind" in data ? data.kind : null;
      if (type === "notice" && kind === "called") {
        void loadDutyCalls();
      }
    }),
    watch(notices, () => {
      if (dutyCall.value !== null) {
        void loadDutyCalls();
      }
    }),
    watch(dutyCall, (call, before) => {
      clearInterval(ringing);
      clearTimeout(over);
      if (call === null) {
        return;
      }
      const ring = (again: boolean): void => {
        callForDuty(call.grade, t("dutyCall.title"), `${call.kind_name === null ? "" : pick(call.kind_name)} · ${call.address}`, `/cases/${call.case}`, again);
      };
      ring(call.case === before?.case);
      ringing = setInterval(() => {
        ring(true);
      }, AGAIN_MS);
      // a second later the next is called, and this one is over
      over = setTimeout(() => void loadDutyCalls(), Math.max(0, Date.parse(call.until) - Date.now()) + 1500);
    }),
  ];
  return () => {
    clearInterval(ringing);
    clearTimeout(over);
    ends.forEach((end) => {
      end();
    });
    calls.value = [];
  };
}
