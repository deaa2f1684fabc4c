/** What is wrong in a city pack, and what hangs on an area or unit, in the reader's language; what the table does not know in the hub's own words. */
import type { components } from "@/api/schema";
import { areaName, sceneName, unitName } from "@/live/city";

import { cityFaultMessages } from "./cityFaultMessages";
import { currentLocale, t, type Values } from "./words";

type CityFault = components["schemas"]["CityFaultView"];
type Hanging = components["schemas"]["HangingView"];

const NAMES: Readonly<Record<string, (id: string) => string>> = { area: areaName, unit: unitName, scene: sceneName };

export function cityFaultWords({ code, values, words }: CityFault): string {
  const key = `cityFault.${code}`;
  return isKnown(key) ? t(key, withNames(values)) : words;
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
      const what = isKnown(key) ? t(key, { n: count }) : `${count} ${kind}`;
      return currentLocale.value === "zh" ? `${what}（${shown}）` : `${what} (${shown})`;
    })
    .join("\n");
}

function withNames(values: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, NAMES[name]?.(value) ?? value]));
}

function isKnown(key: string): key is keyof typeof cityFaultMessages {
  return key in cityFaultMessages;
}
