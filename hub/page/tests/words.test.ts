import { describe, expect, it } from "vitest";

import description from "@/api/openapi.json";
import { hubWords } from "@/i18n/hubSaid";
import { laterMessages } from "@/i18n/laterMessages";
import { messages as firstMessages } from "@/i18n/messages";
import { firstLocale, named, ownName, setLocale, t } from "@/i18n/words";
import { say, saidNow } from "@/live/said";

const messages = { ...firstMessages, ...laterMessages };

describe("the table of words", () => {
  it("uses the same places to fill in, in both languages", () => {
    const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, [zh, en]] of Object.entries(messages)) {
      expect(places(en), key).toEqual(places(zh));
    }
  });

  it("has words for every act of the audit trail", () => {
    expect(description.components.schemas.Action.enum.filter((act) => !(`act.${act}` in messages))).toEqual([]);
  });

  it("has words for every move and state of a case", () => {
    const { Move, State, ActorKind } = description.components.schemas;
    const keys = [...Move.enum.map((one) => `move.${one}`), ...State.enum.map((one) => `state.${one}`)];
    expect(keys.filter((key) => !(key in messages))).toEqual([]);
    expect(ActorKind.enum).toContain("timer");
  });

  it("has no empty words", () => {
    for (const [key, words] of Object.entries(messages)) {
      expect(words.every((text) => text.trim() !== ""), key).toBe(true);
    }
  });
});

describe("what the hub writes down", () => {
  it("is said in Chinese where the table knows it, and stays as it was where not", () => {
    setLocale("zh");
    expect(hubWords("not reached: ConnectTimeout")).toBe("连接不上（ConnectTimeout）");
    expect(hubWords("term of 180 days")).toBe("180 天期限已到");
    expect(hubWords("term of 90 days for cases of smoke, major")).toBe("smoke、重大案件 90 天期限已到");
    expect(hubWords("2026-000012 clip")).toMatch(/^2026-000012 /);
    expect(hubWords("a word of some channel")).toBe("a word of some channel");
    setLocale("en");
    expect(hubWords("term of 180 days")).toBe("term of 180 days");
  });
});

describe("a name that says itself in both languages", () => {
  it.each([
    ["柳桥东路 1 号 · Liuqiao East 1", "柳桥东路 1 号", "Liuqiao East 1"],
    ["演示受理员（二班） · Demo clerk, second watch", "演示受理员（二班）", "Demo clerk, second watch"],
    ["3 号楼 · B1", "3 号楼 · B1", "3 号楼 · B1"],
    ["红旗路 · 大门", "红旗路 · 大门", "红旗路 · 大门"],
    ["East Gate · Main Road", "East Gate · Main Road", "East Gate · Main Road"],
    ["一号 · Gate · West", "一号 · Gate · West", "一号 · Gate · West"],
    ["", "", ""],
  ])("is said by its half, and any other whole: %s", (name, zh, en) => {
    setLocale("zh");
    expect(ownName(name)).toBe(zh);
    setLocale("en");
    expect(ownName(name)).toBe(en);
  });
});

describe("what is said for some seconds", () => {
  it("ends with the language that it was said in", () => {
    setLocale("zh");
    say("修改 · 烟感");
    setLocale("zh");
    expect(saidNow.value).toBe("修改 · 烟感");
    setLocale("en");
    expect(saidNow.value).toBe("");
    setLocale("zh");
  });
});

describe("choosing the language", () => {
  it("prefers what was remembered", () => {
    expect(firstLocale("en", ["zh-CN"])).toBe("en");
  });

  it("takes the browser's first language otherwise", () => {
    expect(firstLocale(null, ["zh-Hans-CN", "en"])).toBe("zh");
    expect(firstLocale("xx", ["de", "zh"])).toBe("en");
    expect(firstLocale(null, [])).toBe("en");
  });

  it("remembers a switch and marks the document", async () => {
    setLocale("en");
    expect(t("due.left", { time: "0:01:00" })).toBe("0:01:00 left");
    setLocale("zh");
    expect(t("due.left", { time: "0:01:00" })).toBe("剩余 0:01:00");
    expect(localStorage.getItem("sharp-eyes.language")).toBe("zh");
    await Promise.resolve();
    expect(document.documentElement.lang).toBe("zh-CN");
  });

  it("speaks of one thing as of one", () => {
    setLocale("en");
    expect(t("joined.count", { n: 1 })).toBe("One place alerted again: 1 more alert joined this case.");
    expect(t("joined.count", { n: 2 })).toContain("2 more alerts joined");
    expect(t("list.waiting", { n: 1 })).toBe("1 new");
    const several = /\{n\} (?:\w+ )?(alerts|events|looks|codes|files|days|hours|minutes|lines)\b/;
    const alone = Object.entries(messages).filter(([key, [, en]]) => several.test(en) && !(`${key}.one` in messages));
    expect(alone.map(([key]) => key)).toEqual([]);
    setLocale("zh");
  });

  it("says a name it does not know as it is", () => {
    expect(named("measure", "brand_new")).toBe("brand_new");
  });
});

/** Words that are found by what the hub or a view names, in more steps than one. */
const FOUND = /^(?:error|refusal|channel)\.\w+$|^health\.\w+\.\w+$|^figure\.\w+\.is$/;

describe("every word", () => {
  it("is used on the page, by its key or through its group", () => {
    const files = import.meta.glob<string>(["../src/**/*.vue", "../src/**/*.ts", "!../src/i18n/*essages.ts"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const source = Object.values(files).join("\n");
    const groups = new Set([...source.matchAll(/(?:named\(|group=)"([\w.]+)"/g)].map((match) => match[1]));
    const made = [...source.matchAll(/`([a-z][\w.]*\.)\$\{[^`}]*\}([\w.]*)`/g)].map((match) => new RegExp(`^${match[1] ?? ""}[\\w.]+${match[2] ?? ""}$`));
    const unused = Object.keys(messages).filter(
      (key) =>
        !source.includes(`"${key}"`) &&
        !source.includes(`'${key}'`) &&
        !groups.has(key.replace(/\.\w+$/, "")) &&
        !made.some((form) => form.test(key)) &&
        !FOUND.test(key) &&
        !(key.endsWith(".one") && key.slice(0, -".one".length) in messages),
    );
    expect(unused).toEqual([]);
  });
});
