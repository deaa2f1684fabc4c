/** The hub's refusals of administration in the reader's words; what they are about stays as the hub says it. */
import type { HubError } from "@/api/client";
import { errorWords } from "@/i18n/errors";
import { named, t } from "@/i18n/words";

/** What the hub says of these beside its code names names, keys and lines: it is shown too. */
const TELLING = new Set([
  "wrong_user", "wrong_city", "wrong_gateway", "wrong_token", "wrong_webhook", "wrong_replay", "area_in_use", "unit_in_use", "unit_left_alone", "gateway_in_use",
  "not_taken", "invalid", "not_of_unit", "too_many", "no_threshold", "overlapping", "wrong_place", "wrong_file",
  "serial_taken", "has_devices", "unknown_kind", "unknown_area", "place_missing",
]);

export interface Refusal {
  words: string;
  /** In the hub's own English; empty where the words say all. */
  detail: string;
}

export function refusalOf(error: HubError): Refusal {
  const words = named("adminRefused", error.code);
  if (words === error.code) {
    const plain = errorWords(error);
    const says = plain !== error.message && plain !== t("error.refused", { code: error.code });
    return says ? { words: plain, detail: "" } : { words: t("admin.refused"), detail: error.message };
  }
  return { words, detail: TELLING.has(error.code) ? error.message : "" };
}
