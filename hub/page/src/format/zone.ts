/** A zone in words: gateways name it by an identifier, such as `kerb-2`. */
import { currentLocale, named } from "@/i18n/words";

const LETTERS = /^[a-z]+$/i;

/** In Chinese word for word where the table has all of them; else the name that the gateway's settings give it. */
export function zoneName(zone: string): string {
  if (currentLocale.value !== "zh") {
    return zone;
  }
  const parts = zone.split(/[-_]/).map((part) => ({ part, words: LETTERS.test(part) ? named("zoneWord", part.toLowerCase()) : part }));
  const unknown = parts.some(({ part, words }) => LETTERS.test(part) && words === part.toLowerCase());
  return unknown ? zone : parts.map(({ words }) => words).join(" ").replace(/(\p{Script=Han}) (?=\p{Script=Han})/gu, "$1");
}
