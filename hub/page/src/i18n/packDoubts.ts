/** What the hub doubts of a city pack or a rule table, and what a trial says that rules do, in Chinese; what is not known here stays as it was written. */
import { areaName, sceneName, unitName } from "@/live/city";

import { limitWords } from "./limitWords";
import { currentLocale, named } from "./words";

const KEYS: Readonly<Record<string, string>> = {
  file: "自动立案",
  dispatch: "自动派遣",
  look_again: "自动复看",
  close: "自动结案",
  fail: "复看未改善自动退回",
  unit: "部门",
  limit_minutes: "时限",
};
const keys = (said: string, between: string): string => said.split(between).map((one) => KEYS[one.trim()] ?? one.trim()).join("、");
const units = (said: string): string => said.split(",").map((one) => unitName(one.trim())).join("、");

type Words = (found: readonly string[]) => string;
const DOUBTS: readonly (readonly [RegExp, Words])[] = [
  [/^'dispatch: auto' without 'file: auto'/, () => "自动派遣但不自动立案：有人立案之前不会派出；请两项都选自动"],
  [/^'on_event_closed: reject_unfiled' never acts/, () => "自动立案时，“告警消失即不予立案”永远不起作用；请去掉一项"],
  [/^'limit_minutes' without a 'unit'/, () => "有时限但没有部门：请写明由谁遵守时限"],
  [/^'send' without 'dispatch: auto'/, () => "写了派谁（send）但不自动派遣，不起作用；请改为自动，或只写一个部门"],
  [/^switches off (.+), which the rule of (\S+) does by itself/, ([what = "", area = ""]) => `关闭了“${areaName(area)}”规则中的${keys(what, ",")}：下级规则不继承上级；请在此重写，或写明 manual`],
  [/^has no (.+), though the rule of (\S+) has/, ([what = "", area = ""]) => `没有${keys(what, " and no ")}，而“${areaName(area)}”的规则有；请在此重写`],
  [/^sends only who is on duty, and the roster has nobody for (.+?)(; its cases are left to the shift lead)?; 'sharp-eyes-hub/, ([who = "", lead]) => `只派值班人员，但值班表中没有${units(who)}的人${lead === undefined ? "" : "，案件将留给值班长"}；请排班，或写明 on_duty: false`],
];
const RULE = /^rules\.(\d+), (\S+) in (\S+): (.+)$/s;
const NOBODY = /^unit (\S+): nobody can sign in for it(?:; the rules send it ([^;]+))?; make an account/;
const MISSING_YEAR = /^calendar (\S+) does not hold (\d{4})/;

export function doubtWords(said: string): string {
  if (currentLocale.value !== "zh") {
    return said;
  }
  const rule = RULE.exec(said);
  if (rule !== null) {
    const [, place = "", scene = "", area = "", what = ""] = rule;
    return `第 ${Number(place) + 1} 条规则（${sceneName(scene)}，${areaName(area)}）：${sentence(what)}`;
  }
  const nobody = NOBODY.exec(said);
  if (nobody !== null) {
    const scenes = nobody[2]?.split(",").map((one) => sceneName(one.trim())).join("、");
    return `${unitName(nobody[1] ?? "")}没有可以登录的人${scenes === undefined ? "" : `，而规则把${scenes}派给它`}；请新增人员`;
  }
  const calendar = MISSING_YEAR.exec(said);
  return calendar === null ? said : `工作日历 ${calendar[1] ?? ""} 没有 ${calendar[2] ?? ""} 年：到那一年的时限无法计算，请补充该年`;
}

function sentence(what: string): string {
  for (const [form, words] of DOUBTS) {
    const found = form.exec(what);
    if (found !== null) {
      return words(found.slice(1));
    }
  }
  return what;
}

/** One act of a rule, such as `dispatched to parks (handle 2 hours)`. */
const ACT = /^(?<what>[a-z ]+?)(?: to (?<units>[^()]+?))?(?: for (?<reason>[a-z_]+))?(?: \((?<why>[a-z ]+)\))?(?: \((?<limits>[^)]*\d[^)]*)\))?$/;
const LIMIT = /(\w+) (\d+ (?:(?:working )?(?:minutes?|hours?|days?)|calendar days?))/g;

/** What a trial says that rules did: several acts with commas between them, some with a scene before. */
export function ruledWords(said: string | null): string {
  const withScene = /^([a-z_]+): (.+)$/.exec(said ?? "");
  const isChinese = currentLocale.value === "zh";
  const acts = ruledActs(withScene?.[2] ?? said).join(isChinese ? "，" : ", ");
  return withScene === null ? acts : `${sceneName(withScene[1] ?? "")}${isChinese ? "：" : ": "}${acts}`;
}

/** The same act by act, without a scene. */
export function ruledActs(said: string | null): string[] {
  return said === null ? ["–"] : said.split(/, (?![^(]*\))(?=[a-z ]+(?:\(|,|$| to | for ))/).map(actWords);
}

function actWords(said: string): string {
  if (currentLocale.value !== "zh") {
    return said;
  }
  if (said === "left to people") {
    return "由人处理";
  }
  const found = ACT.exec(said)?.groups;
  const key = found?.["what"]?.replaceAll(" ", "_") ?? "";
  const what = named("line", key);
  if (found === undefined || what === key) {
    return said;
  }
  const limits = [...(found["limits"] ?? "").matchAll(LIMIT)].map(([, kind = "", limit = ""]) => `${named("clock", kind)} ${limitWords(limit)}`);
  const to = found["units"] === undefined ? "" : `：${units(found["units"])}`;
  return `${what}${to}${limits.length > 0 ? `（${limits.join("，")}）` : ""}`;
}
