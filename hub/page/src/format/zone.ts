/** A zone in words: gateways name it by an identifier, such as `kerb-2`. */
import { currentLocale, named, ownName } from "@/i18n/words";

const LETTERS = /^[a-z]+$/i;

/** As its gateway's settings call it; else, in Chinese, word for word where the table has all of them. */
export function zoneName(zone: string, name: string | null = null): string {
  if (name !== null) {
    return ownName(name);
  }
  if (currentLocale.value !== "zh") {
    return zone;
  }
  const parts = zone.split(/[-_]/).map((part) => ({ part, words: LETTERS.test(part) ? named("zoneWord", part.toLowerCase()) : part }));
  const unknown = parts.some(({ part, words }) => LETTERS.test(part) && words === part.toLowerCase());
  return unknown ? zone : parts.map(({ words }) => words).join(" ").replace(/(\p{Script=Han}) (?=\p{Script=Han})/gu, "$1");
}
