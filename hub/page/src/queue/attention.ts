/** Whether somebody reads or acts: then nothing on the screen moves by itself. */

import { isDraftOpen } from "@/live/drafts";

const REST_MS = 30_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;

let lastSign = Date.now();

function note(): void {
  lastSign = Date.now();
}

/** Watch for signs of a person. Gives back the function that ends it. */
export function watchAttention(): () => void {
  note();
  SIGNS.forEach((sign) => {
    window.addEventListener(sign, note, { passive: true });
  });
  return () => {
    SIGNS.forEach((sign) => {
      window.removeEventListener(sign, note);
    });
  };
}

/** Somebody moved a hand a moment ago, has scrolled away from the list's head, or has something in hand there. */
export function isAttended(now = Date.now()): boolean {
  const focused = document.activeElement?.closest("[data-in-hand]") ?? null;
  return now - lastSign < REST_MS || window.scrollY > 0 || focused !== null || isDraftOpen();
}
