/** Where the phone is, asked for when a photo is taken; a phone that does not say so in time is not waited for. */
import type { QueuedPhoto } from "@/live/outbox";

const PATIENCE_MS = 6000;
const RECENT_MS = 30_000;

/** Degrees in WGS 84 and metres, or null: not allowed, no signal, or a connection that is not encrypted. */
export function whereNow(): Promise<QueuedPhoto["place"]> {
  if (!("geolocation" in navigator) || !window.isSecureContext) {
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      resolve(null);
    }, PATIENCE_MS);
    const answer = (place: QueuedPhoto["place"]): void => {
      clearTimeout(late);
      resolve(place);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => {
        answer({ latitude, longitude, accuracy });
      },
      () => {
        answer(null);
      },
      { enableHighAccuracy: true, maximumAge: RECENT_MS, timeout: PATIENCE_MS },
    );
  });
}
