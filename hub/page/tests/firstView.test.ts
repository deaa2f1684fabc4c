import { describe, expect, it } from "vitest";

import { laterMessages } from "@/i18n/laterMessages";
import { messages } from "@/i18n/messages";

const files = import.meta.glob<string>(["../src/**/*.vue", "../src/**/*.ts", "!../src/i18n/*essages.ts"], { query: "?raw", import: "default", eager: true });
const sources = new Map(Object.entries(files).map(([path, text]) => [path.replace("../src/", ""), text]));

/** What is loaded before anything is shown: the list and what stands around it, and the sign-in. */
const ENTRIES = ["main.ts", "views/SignInPage.vue"];
/** What these say can come a moment later: the reasons of refusals of forms of other pages, and lines of a log. */
const MAY_WAIT = ["format/log.ts", "i18n/gatewaySaid.ts", "i18n/errors.ts", "i18n/cityFaultWords.ts", "i18n/faultWords.ts"];

function found(from: string, name: string): string | undefined {
  const path = name.startsWith("@/") ? name.slice(2) : new URL(name, `http://page/${from}`).pathname.slice(1);
  return [path, `${path}.ts`].find((one) => sources.has(one));
}

/** Files that come with a file: all that it imports but types, and what is loaded when it is needed. */
function loadedWith(path: string, all: Set<string>): Set<string> {
  if (!all.has(path)) {
    all.add(path);
    for (const [, name = ""] of (sources.get(path) ?? "").matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;"]*?from\s+)?"([^"]+)";/gms)) {
      const next = found(path, name);
      if (next !== undefined) {
        loadedWith(next, all);
      }
    }
  }
  return all;
}

/** Words that a file says, by their keys or through their groups. */
function saidIn(text: string, keys: readonly string[]): string[] {
  const whole = new Set([...text.matchAll(/["'`]([a-z]\w*(?:\.\w+)+)["'`]/g)].map((match) => match[1]));
  const groups = [...text.matchAll(/(?:named|groupOf)\(\s*"([\w.]+)"/g)].map((match) => `${match[1] ?? ""}.`);
  return keys.filter((key) => whole.has(key) || groups.includes(key.replace(/\w+$/, "")));
}

describe("the first view", () => {
  const first = ENTRIES.reduce((all, path) => loadedWith(path, all), new Set<string>());

  it("is made of few of the page's files", () => {
    expect(first.size).toBeGreaterThan(100);
    expect(first.has("router.ts")).toBe(true);
    expect(first.has("views/MapPage.vue")).toBe(false);
  });

  it("needs no words of those that come with other pages", () => {
    const keys = Object.keys(laterMessages).filter((key) => !(key in messages));
    const missing = [...first].filter((path) => !MAY_WAIT.includes(path)).flatMap((path) => saidIn(sources.get(path) ?? "", keys).map((key) => `${key} in ${path}: move its row to shellMessages.ts`));
    expect(missing).toEqual([]);
  });
});
