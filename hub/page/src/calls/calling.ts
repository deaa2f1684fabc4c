/**
 * Calls whoever is there: a sound and a notification for each alert that waits for the centre, and for each new task of
 * one's unit. What is grave sounds again until somebody has acknowledged it, which ends it at every desk.
 */
import { computed, watch } from "vue";

import { hubPath } from "@/api/base";
import type { CaseSummary, Grade, TaskView } from "@/api/types";
import { formatMeasure } from "@/format/measure";
import { named, t } from "@/i18n/words";
import { caseName, caseWhere } from "@/live/city";
import { onCaseChange } from "@/queue/changes";
import { caseCounts } from "@/queue/counts";
import { router } from "@/router";
import { currentMe } from "@/session";

import { callSettings, isQuiet, loadCallSettings } from "./settings";
import { playGrade, unlockSound } from "./sound";

const AGAIN_MS: Readonly<Partial<Record<Grade, number>>> = { major: 10_000, serious: 60_000 };
const CALLING: readonly CaseSummary["state"][] = ["reported", "filed"];
/** One window of a browser sounds, however many are open; where the browser cannot tell, each does. */
const LOCK = "sharp-eyes.calls";

/** Roles whose work it is to answer an alert. */
const DESK = ["clerk", "dispatcher", "shift_lead", "administrator"];
export const isDesk = computed(() => DESK.includes(currentMe.value?.role ?? ""));

/** How many alerts call this person; none where it is not their work to answer. */
export const callingCount = computed(() => (isDesk.value ? caseCounts.value.unacknowledged : 0));
const gravest = computed<Grade | null>(() => {
  const { unacknowledged_major: major, unacknowledged_serious: serious } = caseCounts.value;
  return !isDesk.value ? null : major > 0 ? "major" : serious > 0 ? "serious" : null;
});

export function isCalling(item: CaseSummary): boolean {
  return item.acknowledged_at === null && CALLING.includes(item.state);
}

let sounds = true;

/** Begin to call. Gives back the function that ends it. */
export function followCalls(username: string): () => void {
  const alone = new AbortController();
  if ("locks" in navigator) {
    sounds = false;
    void navigator.locks
      .request(LOCK, { signal: alone.signal }, () => {
        sounds = true;
        return new Promise<void>((resolve) => {
          alone.signal.addEventListener("abort", () => {
            resolve();
          });
        });
      })
      .catch(() => undefined);
  }
  let timer: ReturnType<typeof setInterval> | undefined;
  const ends = [
    loadCallSettings(username),
    unlockSound(),
    onCaseChange((item, isNew) => {
      if (isNew && isDesk.value && isCalling(item)) {
        call(item.grade, `${caseName(item)} ${named("grade", item.grade)}`, itemWords(item), `/cases/${item.id}`);
      }
    }),
    watch(gravest, (grade) => {
      clearInterval(timer);
      if (grade !== null) {
        timer = setInterval(() => {
          sound(grade);
        }, AGAIN_MS[grade]);
      }
    }, { immediate: true }),
  ];
  return () => {
    clearInterval(timer);
    alone.abort();
    ends.forEach((end) => {
      end();
    });
  };
}

/** A task that has just come to one's unit. */
export function callForTask({ case: item }: TaskView): void {
  call(item.grade, t("call.task", { scene: caseName(item) }), itemWords(item), `/tasks/${item.id}`);
}

/** Somebody calls this person to a case: it sounds again and again, so it is begun and ended by `dutyCalls.ts`. */
export function callForDuty(grade: Grade, title: string, words: string, path: string, again: boolean): void {
  if (again) {
    sound(grade);
  } else {
    call(grade, title, words, path);
  }
}

function itemWords(item: CaseSummary): string {
  const what = item.main_measure === null ? named("source", item.source) : formatMeasure(item.main_measure);
  return `${what} · ${caseWhere(item)}`;
}

function call(grade: Grade, title: string, words: string, path: string): void {
  sound(grade);
  if (sounds && callSettings.notify && document.hidden && "Notification" in window && Notification.permission === "granted") {
    notify(grade, title, words, path);
  }
}

function sound(grade: Grade): void {
  if (sounds && !isQuiet.value && (grade === "major" || !callSettings.majorOnly)) {
    playGrade(grade);
  }
}

function notify(grade: Grade, title: string, words: string, path: string): void {
  const options = { body: words, tag: path, icon: hubPath("icon-192.png"), requireInteraction: grade === "major" };
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      window.focus();
      void router.push(path);
      shown.close();
    };
  } catch {
    // a phone shows them only through its service worker
    void navigator.serviceWorker.ready.then((worker) => worker.showNotification(title, { ...options, data: path }));
  }
}
