/** What one was told: how much of it is unread, and the last of it. */
import { computed, shallowRef, watch } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { NoticePage } from "@/api/types";
import { currentLocale } from "@/i18n/words";

import { onLinkOpen, onStreamEvent } from "./stream";

const SHOWN = 20;
/** A storm of alerts tells many things at once: they are asked for soon, and then once in a while. */
const SOON_MS = 300;
const REST_MS = 3000;
const page = shallowRef<NoticePage | null>(null);

export const notices = computed(() => page.value?.items ?? []);
export const unreadCount = computed(() => page.value?.unread ?? 0);

let timer: ReturnType<typeof setTimeout> | undefined;
let lastAsked = 0;

function loadSoon(): void {
  timer ??= setTimeout(() => void load(), Math.max(SOON_MS, lastAsked + REST_MS - Date.now()));
}

async function load(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  lastAsked = Date.now();
  try {
    page.value = await take(hub.GET("/api/notices", { params: { query: { limit: SHOWN, language: currentLocale.value } } }));
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    // the banner says that the hub cannot be reached; they come with the next opening of the stream
  }
}

/** Note that all that is shown has been read. Throws HubError. */
export async function readNotices(): Promise<void> {
  const newest = page.value?.items[0];
  if (newest !== undefined && unreadCount.value > 0) {
    await take(hub.POST("/api/notices/read", { body: { up_to: newest.id } }));
    await load();
  }
}

/** Follow the stream. Gives back the function that ends it. */
export function followNotices(): () => void {
  const ends = [
    onLinkOpen(() => void load()),
    watch(currentLocale, () => void load()),
    onStreamEvent(({ type }) => {
      if (type === "notice") {
        loadSoon();
      }
    }),
  ];
  return () => {
    clearTimeout(timer);
    timer = undefined;
    ends.forEach((end) => {
      end();
    });
    page.value = null;
  };
}
