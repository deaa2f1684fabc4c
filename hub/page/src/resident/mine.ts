/** What was sent from this device: the numbers, and the tokens by which their reporter alone rates. */
import { shallowRef } from "vue";

export interface Mine {
  number: string;
  token: string;
}

const STORAGE_KEY = "sharp-eyes.requests";
const MOST = 20;

/** Read what is kept; nothing where it is not ours, or damaged. */
export function readMine(text: string | null): Mine[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isMine) : [];
  } catch {
    return [];
  }
}

function isMine(one: unknown): one is Mine {
  return typeof one === "object" && one !== null && "number" in one && "token" in one && typeof one.number === "string" && typeof one.token === "string";
}

const mine = shallowRef<readonly Mine[]>(readMine(localStorage.getItem(STORAGE_KEY)));

export function useMine(): Readonly<typeof mine> {
  return mine;
}

/** Keep the newest ones. */
export function remember(one: Mine): void {
  mine.value = [one, ...mine.value.filter(({ number }) => number !== one.number)].slice(0, MOST);
  localStorage.setItem(STORAGE_KEY, JSON.stringify(mine.value));
}
