/** Picks words in the reader's language. The choice is remembered; the browser's language is the default. */
import { computed, ref, watchEffect } from "vue";

import { messages, type Locale, type MessageKey } from "./messages";

const STORAGE_KEY = "sharp-eyes.language";

/** The language to start with. */
export function firstLocale(remembered: string | null, browser: readonly string[]): Locale {
  if (remembered === "zh" || remembered === "en") {
    return remembered;
  }
  return browser[0]?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}

const locale = ref<Locale>(firstLocale(localStorage.getItem(STORAGE_KEY), navigator.languages));

watchEffect(() => {
  document.documentElement.lang = locale.value === "zh" ? "zh-CN" : "en";
});

/** Switch the language and remember it. */
export function setLocale(next: Locale): void {
  locale.value = next;
  localStorage.setItem(STORAGE_KEY, next);
}

export type Values = Readonly<Record<string, string | number>>;

/** The words for a key, with `{name}` filled in from the values; of one thing (`n` is 1) those of `key.one`, if there are any. */
export function t(key: MessageKey, values: Values = {}): string {
  const one = `${key}.one`;
  const found = values["n"] === 1 && one in messages ? (one as MessageKey) : key;
  return messages[found][locale.value === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** The words for `group.name` if the table has them, else the name itself (a name from a newer gateway). */
export function named(group: string, name: string): string {
  const key = `${group}.${name}`;
  return key in messages ? t(key as MessageKey) : name;
}

/** The names that the table has words for in a group. */
export function groupOf(group: string): string[] {
  const start = `${group}.`;
  return Object.keys(messages)
    .filter((key) => key.startsWith(start))
    .map((key) => key.slice(start.length));
}

/** The hub's own bilingual names, in the reader's language. */
export function pick(names: Readonly<Record<Locale, string>>): string {
  return names[locale.value];
}

const IN_BOTH = /^([^·]*\p{Script=Han}[^·]*?) · ([^·\p{Script=Han}]*\p{Ll}{2}[^·\p{Script=Han}]*)$/u;

/**
 * A name that somebody gave, in the reader's language: one that says itself in both, `东门路口 · East Gate`, by its half;
 * any other as it is.
 */
export function ownName(name: string): string {
  const halves = IN_BOTH.exec(name);
  return halves?.[locale.value === "zh" ? 1 : 2] ?? name;
}

/** The current language, and its tag for dates and numbers. */
export const currentLocale = computed(() => locale.value);
export const languageTag = computed(() => (locale.value === "zh" ? "zh-CN" : "en-GB"));
