/**
 * What can be done on the screen now, by a key, and by name in the palette. Each part of the page says what it offers
 * while it is there; what came last is asked first, so that Escape closes the innermost thing.
 */
import { computed, onMounted, onScopeDispose, shallowReactive } from "vue";

import type { MessageKey } from "@/i18n/messages";

export interface Command {
  readonly id: string;
  readonly words: () => string;
  /** Under which heading it stands. */
  readonly group: MessageKey;
  /** As `keyOf` says them: `j`, `Shift+j`, `ArrowDown`, `Mod+k`. */
  readonly keys?: readonly string[];
  /** Whether it can be done now; always where it is not given. */
  readonly may?: () => boolean;
  /** Whether the palette offers it; not those that only move about. */
  readonly named?: boolean;
  readonly run: () => void;
}

type Offer = () => readonly Command[];

const offers = shallowReactive(new Set<Offer>());

/** All commands that are offered, the latest first. */
export const commands = computed(() => [...offers].reverse().flatMap((offer) => offer()));

/** Offer commands while the component is there. */
export function useCommands(offer: Offer): void {
  onMounted(() => offers.add(offer));
  onScopeDispose(() => offers.delete(offer));
}

/** The name of a pressed key; null for keys that are the browser's. */
export function keyOf(event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">): string | null {
  if (event.altKey) {
    return null;
  }
  const isLetter = /^[a-z]$/i.test(event.key);
  const key = isLetter ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    return `Mod+${key}`;
  }
  return event.shiftKey && (isLetter || event.key.length > 1) ? `Shift+${key}` : key;
}

/** Whether a key belongs to what has the focus, because somebody writes, chooses or plays there. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select, video"));
}

function takeKey(event: KeyboardEvent): void {
  const key = keyOf(event);
  const isOthers = event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]") !== null;
  if (key === null || isOthers) {
    return;
  }
  if (isTyping(event.target) && key !== "Escape" && !key.startsWith("Mod+")) {
    return;
  }
  const meant = commands.value.find((one) => one.keys?.includes(key) === true && one.may?.() !== false);
  if (meant !== undefined) {
    event.preventDefault();
    meant.run();
  }
}

/** Listen to the keyboard. Gives back the function that ends it. */
export function followKeys(): () => void {
  window.addEventListener("keydown", takeKey);
  return () => {
    window.removeEventListener("keydown", takeKey);
  };
}
