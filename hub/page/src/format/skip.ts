import { named } from "@/i18n/words";
import { sceneName } from "@/live/city";

/**
 * Why looks or candidates came to nothing, in the reader's language: "replaced", or "smoke: too dark", or
 * "smoke: second_look: vehicle". A part that the table does not know stands as the gateway wrote it.
 */
export function skipReason(reason: string): string {
  const parts = reason.split(": ");
  if (parts.length === 1) return inWords(reason);
  return [sceneName(parts[0] ?? ""), ...parts.slice(1).map(inWords)].join(" · ");
}

/** The table's words for a part, whose key is the gateway's text with `_` between its words. */
function inWords(part: string): string {
  const key = part.replace(/\W+/g, "_");
  const words = named("skip", key);
  return words === key ? part : words;
}
