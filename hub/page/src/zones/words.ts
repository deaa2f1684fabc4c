/** The schema's own words in the reader's language. */
import { zoneName } from "@/format/zone";
import { currentLocale, named, ownName } from "@/i18n/words";

import { settingTitles } from "@/i18n/settingTitles";

import { isValues, type Values } from "./schema";
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

/** What a zone or line is called in these settings, sent or not; in the words of its identifier where it has no name there. */
export function zoneWords(settings: Values | null, zone: string): string {
  const scenes = Array.isArray(settings?.["scenes"]) ? settings["scenes"].filter(isValues) : [];
  const drawn = scenes.flatMap((scene) => Object.values(scene).flatMap((value) => (Array.isArray(value) ? value.filter(isValues) : [])));
  const name = drawn.find((one) => one["id"] === zone)?.["name"];
  return zoneName(zone, typeof name === "string" && name !== "" ? name : null);
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
