/** The hub's health in words. Pure but for the words. */
import type { HubHealth } from "@/api/types";
import { formatBytes } from "@/format/size";
import { isKey, t } from "@/i18n/words";

type Part = HubHealth["parts"][number];
export type IllPart = Part & { readonly words: string };

/** The parts that are ill, the gravest first, each with what is wrong and what to do. */
export function illParts(health: HubHealth): IllPart[] {
  const ill = health.parts.filter(({ state }) => state !== "ok").map((part) => ({ ...part, words: wordsOf(part) }));
  return [...ill.filter(({ state }) => state === "failed"), ...ill.filter(({ state }) => state !== "failed")];
}

/** The names of the parts that are well. */
export function wellParts(health: HubHealth): string[] {
  return health.parts.filter(({ state }) => state === "ok").map(({ name }) => name);
}

function wordsOf({ name, reason, amount }: Part): string {
  const key = reason === "unknown" ? "health.unknown" : `health.${name}.${reason}`;
  const n = amount ?? 0;
  return isKey(key) ? t(key, { n, size: formatBytes(n) }) : reason;
}
