/** A refusal in words: the reader's language where the table knows the code, else the hub's own message. */
import type { HubError } from "@/api/client";

import { cityFaultLines, hangingLines } from "./cityFaultWords";
import { fileFaultLines } from "./faultWords";
import { currentLocale, named, t } from "./words";

/** Why the sign-in provider's answer let nobody in: the code that the hub wrote into the page's address. */
export function refusalWords(code: unknown): string {
  if (typeof code !== "string") {
    return "";
  }
  const words = named("refused", code);
  return words === code ? t("refused.provider_failed") : words;
}

export function errorWords(error: HubError): string {
  switch (error.code) {
    case "no_connection":
      return t("error.no_connection");
    case "not_sent":
      return t("undo.notSent");
    case "wrong_password":
      return t("signIn.wrong");
    case "internal":
      return t("error.internal", { number: error.instance?.replace("urn:uuid:", "") ?? "" });
    case "unavailable":
      return t("error.unavailable");
    case "no_room":
      return t("error.no_room");
    case "wrong_code":
      return t("signIn.wrongCode");
    case "weak_password":
      return t("account.weak");
    case "second_factor_needed":
      return t("error.secondFactorNeeded");
    case "too_many_attempts":
      return t("signIn.tooMany");
    case "heic_photo":
      return t("error.heic_photo");
    case "draft_gone":
      return t("draft.gone");
    case "four_eyes":
      return t("error.four_eyes");
    case "no_picture":
      return t("error.no_picture");
    case "provider_away":
    case "provider_failed":
      return refusalWords(error.code);
    case "no_settings":
      return t("error.no_settings");
    case "file_holds":
      return t("error.file_holds");
    case "gateway_away":
      return t("error.gatewayAway");
    case "no_deputy":
      return t("acting.over");
    default:
      return byCode(error);
  }
}

/** By the tables of codes; in English also what the hub says itself, which names what it is about. */
function byCode(error: HubError): string {
  const words = wordsOf(error.code);
  if (currentLocale.value !== "zh") {
    return words === null || words.endsWith(":") ? error.message : words;
  }
  return words?.replace(/：$/, "") ?? t("error.refused", { code: error.code });
}

function wordsOf(code: string, group = ""): string | null {
  return [group, "refusal", "adminRefused", "error"].map((group) => named(group, code)).find((found) => found !== code) ?? null;
}

/** A refusal with room for what it is about: words that end with a colon are followed by what the hub names, in its own English. */
export interface Refusal {
  words: string;
  /** Empty where the words say all. */
  detail: string;
  /** Whether it is the hub's own English. */
  english?: boolean;
}

/** `group`: where the table has words of its own for a place, such as `past.refusal`. */
export function refusalOf(error: HubError, group = ""): Refusal {
  // one's words hold the number of this very error; at the sign-in the name may be what is wrong
  const isOwn = error.code === "internal" || (error.code === "wrong_password" && error.status === 401);
  const words = isOwn ? null : wordsOf(error.code, group);
  if (words !== null) {
    const own = aboutOf(error);
    const detail = own === "" ? error.message : own;
    return /[:：]$/.test(words) ? { words, detail, english: own === "" } : { words, detail: "" };
  }
  const plain = errorWords(error);
  const says = plain !== error.message && plain !== t("error.refused", { code: error.code });
  return says ? { words: plain, detail: "" } : { words: t("admin.refused"), detail: error.message, english: true };
}

/** What it is about in the reader's language, where the hub says it piece by piece. */
function aboutOf({ about }: HubError): string {
  return [cityFaultLines(about.city_faults ?? []), fileFaultLines(about.file_faults ?? []), hangingLines(about.hangs_on ?? [])].filter((one) => one !== "").join("\n");
}
