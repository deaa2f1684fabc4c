/** Who is signed in. */
import { computed, ref } from "vue";

import { hub, take } from "@/api/client";
import type { Me } from "@/api/types";
import { dropMoves, sendMovesNow } from "@/live/pendingMoves";
import { dropAllDrafts } from "@/live/drafts";
import { startStream, stopStream } from "@/live/stream";

const PREFERENCES = ["sharp-eyes.language", "sharp-eyes.theme"];

const me = ref<Me | null>(null);
let lastUsername: string | null = null;

/** The account that is signed in, or null. */
export const currentMe = computed(() => me.value);

/** Who reads the audit trail. */
export const isAdministrator = computed(() => me.value?.role === "administrator");
/** Who sets, ends and lists legal holds. */
export const isKeeper = computed(() => isAdministrator.value || me.value?.role === "shift_lead");

/** Ask the hub who is signed in. Throws HubError when nobody is, or when the hub cannot be reached. */
export async function restoreSession(): Promise<void> {
  begin(await take(hub.GET("/api/session")));
}

/** Throws HubError: `wrong_password`, `code_needed` and others. */
export async function signIn(username: string, password: string, code = ""): Promise<void> {
  begin(await take(hub.POST("/api/session", { body: { username, password, code } })));
}

export async function signOut(): Promise<void> {
  await sendMovesNow();
  await keepingPreferences(() => take(hub.DELETE("/api/session")));
  endSession();
}

/** Act in another's place, or for oneself again (null); the page begins anew with other rights. Throws HubError. */
export async function actFor(username: string | null): Promise<void> {
  await sendMovesNow();
  if (username === null) {
    await take(hub.DELETE("/api/account/acting"));
  } else {
    await take(hub.PUT("/api/account/acting", { body: { username } }));
  }
  location.reload();
}

/** Begin anew where a deputy's time is over: what is shown was another's to see. */
export async function checkActing(): Promise<void> {
  const before = me.value?.on_behalf_of ?? null;
  if (before !== null && ((await take(hub.GET("/api/session"))).on_behalf_of ?? null) !== before) {
    location.reload();
  }
}

/** End all sessions of this account, this one too. */
export async function signOutEverywhere(): Promise<void> {
  await keepingPreferences(() => take(hub.DELETE("/api/account/sessions")));
  endSession();
}

/** The hub lets the browser clear all that it kept; language and theme belong to the desk, not to the person. */
async function keepingPreferences(leave: () => Promise<unknown>): Promise<void> {
  const kept = PREFERENCES.map((key) => [key, localStorage.getItem(key)] as const);
  await leave();
  for (const [key, value] of kept) {
    if (value !== null) {
      localStorage.setItem(key, value);
    }
  }
}

/** Forget who was signed in, and stop listening. */
export function endSession(): void {
  stopStream();
  dropMoves();
  me.value = null;
}

function begin(account: Me): void {
  if (account.username !== lastUsername) {
    dropAllDrafts();
  }
  lastUsername = account.username;
  me.value = account;
  startStream();
}
