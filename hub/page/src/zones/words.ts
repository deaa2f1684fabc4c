/** The schema's own words in the reader's language. */
import { currentLocale, named, ownName } from "@/i18n/words";

import { settingTitles } from "@/i18n/settingTitles";

import type { Shape } from "./shapes";

/** A title of the schema; as the gateway's code has it where the table has no Chinese for it. */
export function settingWords(title: string): string {
  return currentLocale.value === "zh" ? (settingTitles[title] ?? title) : title;
}

/** What a shape is called: by its name, else by what it is, counted where there are several. */
export function shapeWords({ name, title, number }: Pick<Shape, "name" | "title" | "number">): string {
  const what = settingWords(title);
  return name !== "" ? ownName(name) : number === undefined ? what : `${what} ${String(number)}`;
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
