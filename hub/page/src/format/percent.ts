/** A share as the reader's language writes it in percent. */
import { languageTag } from "@/i18n/words";

import { formatNumber } from "./number";

/** `share`: of 1. */
export function percent(share: number): string {
  return formatNumber(share, languageTag.value, { style: "percent", maximumFractionDigits: 0 });
}
