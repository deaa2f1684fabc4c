/** A share as the reader's language writes it in percent. */
import { languageTag } from "@/i18n/words";

/** `share`: of 1. */
export function percent(share: number): string {
  return new Intl.NumberFormat(languageTag.value, { style: "percent", maximumFractionDigits: 0 }).format(share);
}
