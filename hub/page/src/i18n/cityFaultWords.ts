/** What is wrong in a city pack, and what hangs on an area or unit, in the reader's language; what the table does not know in the hub's own words. */
import type { components } from "@/api/schema";
import { areaName, roleName, sceneName, unitName } from "@/live/city";

import { limitWords } from "./limitWords";
import { whyWords } from "./whySaid";
import { currentLocale, isKey, named, t, type Values } from "./words";

type CityFault = components["schemas"]["CityFaultView"];
type Hanging = components["schemas"]["HangingView"];

type Say = (said: string) => string;

/** Several in one line: the hub puts a comma between them, and pydantic an "or" before the last. */
const inChinese = (said: string): string => (currentLocale.value === "zh" ? said.replaceAll(", ", "、").replace(/ or (?=\S+$)/, " 或 ") : said);
const NAMES: Readonly<Record<string, Say>> = { area: areaName, unit: unitName, role: roleName, scene: sceneName };
const SAID: Readonly<Record<string, Say>> = {
  ...NAMES,
  scenes: (said) => inChinese(said.split(", ").map(sceneName).join(", ")),
  known: inChinese,
  expected: inChinese,
  expected_tags: inChinese,
  remind: limitWords,
  limit: limitWords,
  why: whyWords,
  thing: (said) => named("cityThing", said),
};

export function cityFaultWords({ code, values, words }: CityFault): string {
  const key = `cityFault.${code}`;
  return isKey(key) ? t(key, withNames(values)) : words;
}

/** With the places where they stand, for who sees no text beside it. */
export const cityFaultLines = (faults: readonly CityFault[]): string =>
  faults.map((one) => (one.place === "" ? cityFaultWords(one) : `${one.place}${currentLocale.value === "zh" ? "：" : ": "}${cityFaultWords(one)}`)).join("\n");

export function hangingLines(hangsOn: readonly Hanging[]): string {
  return hangsOn
    .map(({ kind, count, names }) => {
      const key = `hanging.${kind}`;
      const listed = names.join(currentLocale.value === "zh" ? "、" : ", ");
      const shown = count > names.length ? t("hanging.more", { names: listed }) : listed;
      const what = isKey(key) ? t(key, { n: count }) : `${count} ${kind}`;
      return currentLocale.value === "zh" ? `${what}（${shown}）` : `${what} (${shown})`;
    })
    .join("\n");
}

function withNames(values: Readonly<Record<string, string>>): Values {
  const said = Object.entries(values).map(([name, value]): [string, string | number] => {
    const say = name === "name" ? NAMES[values["thing"] ?? ""] : SAID[name];
    return [name, name === "n" ? Number(value) : (say?.(value) ?? value)];
  });
  return Object.fromEntries(said);
}
