/**
 * Picks words in the reader's language. The choice is remembered; the browser's language is the default. The words of the first
 * view are there at once; those of all other pages come with the first of these (`withWords`).
 */
import { computed, ref, shallowRef, watchEffect } from "vue";

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
type Pair = readonly [zh: string, en: string];

const first: Readonly<Record<string, Pair>> = messages;
const later = shallowRef<Readonly<Record<string, Pair>> | null>(null);
let coming: Promise<void> | null = null;

/** The words of the other pages; where they do not come, the next call asks again. */
export function laterWords(): Promise<void> {
  coming ??= import("./laterMessages").then(
    ({ laterMessages }) => {
      later.value = laterMessages;
    },
    (error: unknown) => {
      coming = null;
      throw error;
    },
  );
  return coming;
}

/** A page that is loaded when it is first opened, with the words that it needs, both at once. */
export function withWords<T>(page: () => Promise<T>): () => Promise<T> {
  return async () => (await Promise.all([page(), laterWords()]))[0];
}

/** The words for a key. What shows one that is still to come is drawn again when it has come. */
function rowOf(key: string): Pair | undefined {
  const found = first[key] ?? later.value?.[key];
  if (found === undefined && later.value === null) {
    laterWords().catch(() => undefined); // without network a name stays as it is
  }
  return found;
}

/** Whether the table has words for a key that the hub names. */
export const isKey = (key: string): key is MessageKey => rowOf(key) !== undefined;

/** The words for a key, with `{name}` filled in from the values; of one thing (`n` is 1) those of `key.one`, if there are any. */
export function t(key: MessageKey, values: Values = {}): string {
  const row = rowOf(key);
  const found = values["n"] === 1 ? (first[`${key}.one`] ?? later.value?.[`${key}.one`] ?? row) : row;
  return (found?.[locale.value === "zh" ? 0 : 1] ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The words for `group.name` if the table has them, else the name itself (a name from a newer gateway). */
export function named(group: string, name: string): string {
  const key = `${group}.${name}`;
  return isKey(key) ? t(key) : name;
}

/** The names that the table has words for in a group. */
export function groupOf(group: string): string[] {
  const start = `${group}.`;
  return Object.keys({ ...first, ...later.value })
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
