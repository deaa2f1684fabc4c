/** Why a text is no YAML or an outline no ground, as the libraries that read them say it, in Chinese; what is not known here stays as it was said. */
import { currentLocale } from "./words";

type Words = (found: readonly string[]) => string;

const KINDS: Readonly<Record<string, string>> = { timestamp: "日期", int: "整数", float: "数字", bool: "真假值" };
const WHY: readonly (readonly [RegExp, Words])[] = [
  [/^mapping values are not allowed/, () => "此处不能出现“键: 值”，请检查缩进，含冒号的文字请加引号"],
  [/^(?:block sequence entries|mapping keys) are not allowed/, () => "此处不能开始列表或键，请检查缩进"],
  [/^did not find expected key/, () => "此处应为键，请检查缩进与引号"],
  [/^did not find expected '-' indicator/, () => "此处应为以 - 开头的列表项，请检查缩进"],
  [/^did not find expected ',' or '(.)'/, ([end = ""]) => `缺少逗号或“${end}”`],
  [/^did not find expected (?:node content|<document start>)/, () => "此处内容无法识别"],
  [/^could not find expected ':'/, () => "缺少冒号"],
  [/^found (?:a )?(?:tab )?character (?:.*)(?:that cannot start any token|indentation)/, () => "不能以此字符（如制表符、@、`）开头，缩进请用空格，文字请加引号"],
  [/^found unexpected end of stream/, () => "文件提前结束，可能缺少引号或括号"],
  [/^found unexpected document indicator/, () => "此处不能出现 --- 或 ..."],
  [/^found undefined alias/, () => "引用了未定义的别名（*）"],
  [/^found unknown escape character/, () => "引号内的转义字符无法识别"],
  [/^could not determine a constructor for the tag/, () => "不支持自定义标签（!）"],
  [/^expected a single document/, () => "只能有一份文档，请去掉 ---"],
  [/^a character that may not stand in it/, () => "含有不允许的字符"],
  [/^nested more than (\d+) deep/, ([most = ""]) => `嵌套超过 ${most} 层`],
  [/^an? (\w+) that there is not/, ([kind = ""]) => `没有这样的${KINDS[kind] ?? "值"}；若是文字请加引号`],
  [/^a value cannot be read/, () => "有一个值无法读取"],
  [/^(?:Ring )?Self-intersection\[(\S+) (\S+)\]/, ([x = "", y = ""]) => `边线在 ${x}, ${y} 处相交`],
  [/^Hole lies outside shell\[(\S+) (\S+)\]/, ([x = "", y = ""]) => `空洞在边界之外（${x}, ${y}）`],
  [/^(?:Holes are nested|Nested (?:holes|shells))\[(\S+) (\S+)\]/, ([x = "", y = ""]) => `几块边界互相包含（${x}, ${y}）`],
  [/^Interior is disconnected\[(\S+) (\S+)\]/, ([x = "", y = ""]) => `内部在 ${x}, ${y} 处断开`],
  [/^(?:Too few (?:distinct )?points|Duplicate Rings)/, () => "边界的点太少或重复"],
];

export function whyWords(said: string): string {
  if (currentLocale.value !== "zh") {
    return said;
  }
  for (const [form, words] of WHY) {
    const found = form.exec(said);
    if (found !== null) {
      return words(found.slice(1));
    }
  }
  return said;
}
