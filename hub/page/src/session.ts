/** Who is signed in. */
import { computed, ref } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { Me } from "@/api/types";
import { dropShared, sendSharedNow } from "@/live/sharedMoves";
import { dropAllDrafts } from "@/live/drafts";
import { allKept, forget, forgetShown, keep, kept } from "@/live/keep";
import { stillNeeded, type Queued } from "@/live/outbox";
import { dropMoves, restoreMoves, sendMovesNow } from "@/live/pendingMoves";
import { startStream, stopStream } from "@/live/stream";
import { CALLS } from "@/calls/settings";

const PREFERENCES = ["sharp-eyes.language", "sharp-eyes.theme"];
/** Under this name the disk holds who works with this phone: without network nobody else can say so. */
const WHO = "me";

const me = ref<Me | null>(null);
let lastUsername: string | null = null;

/** The account that is signed in, or null. */
export const currentMe = computed(() => me.value);

/** Who goes out for a unit. */
export const isHandler = computed(() => me.value?.role === "handler");
/** Who works outside, with a phone. */
export const isOutside = computed(() => isHandler.value || me.value?.role === "grid_worker");
/** Who reads the audit trail. */
export const isAdministrator = computed(() => me.value?.role === "administrator");
/** Who sets, ends and lists legal holds. */
export const isKeeper = computed(() => isAdministrator.value || me.value?.role === "shift_lead");
/** Who calls reporters back. */
export const isCaller = computed(() => isKeeper.value || me.value?.role === "clerk");

/**
 * Ask the hub who is signed in; whoever works outside is without network whom the phone knows, and sees what it has kept. Throws
 * HubError when nobody is, or when the hub cannot be reached.
 */
export async function restoreSession(): Promise<void> {
  try {
    begin(await take(hub.GET("/api/session")));
  } catch (error) {
    const known = error instanceof HubError && error.status === 0 ? await kept("shown", WHO) : undefined;
    if (known === undefined) {
      throw error;
    }
    begin(known as Me);
  }
}

/** Throws HubError: `wrong_password`, `code_needed` and others. */
export async function signIn(username: string, password: string, code = ""): Promise<void> {
  begin(await take(hub.POST("/api/session", { body: { username, password, code } })));
}

export async function signOut(): Promise<void> {
  await sendMovesNow();
  await sendSharedNow();
  await keepingPreferences(() => take(hub.DELETE("/api/session")));
  endSession();
}

/** Act in another's place, or for oneself again (null); the page begins anew with other rights. Throws HubError. */
export async function actFor(username: string | null): Promise<void> {
  await sendMovesNow();
  await sendSharedNow();
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

/**
 * The hub lets the browser clear all that it kept. Language and theme belong to the desk, how loud it calls to whoever
 * sits there, and what the hub has not taken yet to whoever did it: that comes back to the disk.
 */
async function keepingPreferences(leave: () => Promise<unknown>): Promise<void> {
  const mine = Object.keys(localStorage).filter((key) => PREFERENCES.includes(key) || key.startsWith(CALLS));
  const settings = mine.map((key) => [key, localStorage.getItem(key)] as const);
  const unsent = (await allKept("outbox")) as Queued[];
  await leave();
  await forgetShown();
  for (const one of stillNeeded(unsent)) {
    await keep("outbox", one.key, one);
  }
  for (const [key, value] of settings) {
    if (value !== null) {
      localStorage.setItem(key, value);
    }
  }
}

/** Forget who was signed in, and stop listening. */
export function endSession(): void {
  stopStream();
  dropShared();
  dropMoves();
  void forget("shown", WHO);
  me.value = null;
}

function begin(account: Me): void {
  if (account.username !== lastUsername) {
    dropAllDrafts();
  }
  lastUsername = account.username;
  me.value = account;
  if (account.unit !== null || isOutside.value) {
    void keep("shown", WHO, account);
  }
  void restoreMoves(account.username);
  startStream();
}
