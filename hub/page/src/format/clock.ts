/** One ticking clock for the whole page, set by the hub's, so that a wrong workstation clock cannot hide a late case. */
import { ref, type Ref } from "vue";

let offset = 0;
const current = ref(Date.now());
const today = ref(Date.now());

/** Take over the hub's clock from a `Date` header; differences within its one-second grain are left alone. */
export function setHubClock(header: string | null): void {
  const hub = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(hub)) {
    return;
  }
  const difference = hub - Date.now();
  offset = Math.abs(difference) < 2000 ? 0 : difference;
}

/** Milliseconds since 1970 by the hub's clock, at this moment. */
export function hubNow(): number {
  return Date.now() + offset;
}

/** Milliseconds since 1970 by the hub's clock, ticking every second. */
export function useNow(): Readonly<Ref<number>> {
  return current;
}

/** A moment of the present day by the hub's clock: it changes only when the day does, so nothing is drawn anew before. */
export function useToday(): Readonly<Ref<number>> {
  return today;
}

setInterval(() => {
  current.value = hubNow();
  if (new Date(current.value).toDateString() !== new Date(today.value).toDateString()) {
    today.value = current.value;
  }
}, 1000);
