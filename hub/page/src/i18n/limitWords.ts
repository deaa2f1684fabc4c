/** A city pack's limits as the hub writes them, in the reader's language. */
import { currentLocale } from "./words";

const LENGTHS: Readonly<Record<string, string>> = { minute: "分钟", hour: "小时", day: "天", "calendar day": "天", "working day": "个工作日", "working hour": "工作小时", "working minute": "工作分钟" };

/** A limit such as `2 working hours`. */
export function limitWords(said: string): string {
  const [, amount = "", unit = ""] = /^(\d+) ([a-z ]+?)s?$/.exec(said) ?? [];
  const length = LENGTHS[unit];
  return currentLocale.value !== "zh" || length === undefined ? said : `${amount} ${length}`;
}
