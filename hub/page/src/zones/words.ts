/** The schema's own words in the reader's language. */
import { currentLocale, named } from "@/i18n/words";

import { settingTitles } from "@/i18n/settingTitles";

/** A title of the schema; as the gateway's code has it where the table has no Chinese for it. */
export function settingWords(title: string): string {
  return currentLocale.value === "zh" ? (settingTitles[title] ?? title) : title;
}

/** A value in few words. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === "") {
    return "–";
  }
  if (typeof value === "boolean") {
    return named("choice", value ? "yes" : "no");
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "–" : value.map(valueWords).join(", ");
  }
  return typeof value === "string" ? named("choice", value) : JSON.stringify(value);
}
