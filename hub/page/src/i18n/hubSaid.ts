/** What the hub's records call things in English, in Chinese; what the table does not know stays as it was written. */
import { sceneName } from "@/live/city";

import { currentLocale, named } from "./words";

const SAID: Readonly<Record<string, string>> = {
  "audit trail": "审计日志",
  "city pack": "城市包",
  "the file at the start": "启动时的文件",
  "the rules": "规则",
  areas: "区域",
  broker: "消息代理",
  cases: "案件",
  hub: "中心",
  lessons: "误报案例",
  places: "地点",
  rules: "规则",
  untold: "未送达的通知",
  local: "本机",
  "the host's name is not known": "找不到该主机名",
  "the host lies in a network of its own, which webhooks.allow in hub.yaml does not name": "该主机在内网，hub.yaml 的 webhooks.allow 未列出",
  "http goes to addresses of webhooks.allow in hub.yaml alone": "http 只发往 hub.yaml 的 webhooks.allow 所列地址",
  "no telephone number is known": "没有电话号码",
  "no mail address is known": "没有邮箱地址",
  "the mail address cannot be used": "邮箱地址不可用",
};
/** Sentences with a name or figure in them. */
const SENTENCES: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
  [/^no answer within (\S+) s$/, ([seconds]) => `${seconds ?? ""} 秒内无应答`],
  [/^not reached: (\w+)$/, ([error]) => `连接不上（${error ?? ""}）`],
  [/^refused with (.+)$/, ([status]) => `对方拒绝（${status ?? ""}）`],
  [/^the mail server was not reached: (\w+)$/, ([error]) => `连接不上邮件服务器（${error ?? ""}）`],
  [/^the mail server refused with (\d+)$/, ([code]) => `邮件服务器拒绝（${code ?? ""}）`],
  [/^term of (\d+) days$/, ([days]) => `${days ?? ""} 天期限已到`],
  [/^term of (\d+) days for cases of (\w+), (\w+)$/, ([days, scene, grade]) => `${sceneName(scene ?? "")}、${named("grade", grade ?? "")}案件 ${days ?? ""} 天期限已到`],
  [/^its event did not come within (\d+) hours$/, ([hours]) => `${hours ?? ""} 小时内没有收到对应事件`],
  [/^older than (\d+) days$/, ([days]) => `早于 ${days ?? ""} 天`],
  [/^gateway (\S+)$/, ([name]) => `网关 ${name ?? ""}`],
  [/^trial (\S+)$/, ([id]) => `试运行 ${id ?? ""}`],
  [/^(\S+) trial (\S+)$/, ([camera, id]) => `${camera ?? ""} 试运行 ${id ?? ""}`],
  [/^(\S+) video (\S+)$/, ([number, camera]) => `${number ?? ""} 录像 ${camera ?? ""}`],
  [/^(\S+) original of (\S+) (\S+)$/, ([number, kind, id]) => `${number ?? ""} ${named("evidence", kind ?? "")}原件 ${id ?? ""}`],
  [/^figures (\S+) (\S+)$/, ([first, last]) => `统计 ${first ?? ""} 至 ${last ?? ""}`],
  [/^report (\S+)$/, ([period]) => `报表 ${period ?? ""}`],
  [/^back to version 0: (.+)$/s, ([why]) => `改回网关文件的设置：${why ?? ""}`],
  [/^back to version (\d+): (.+)$/s, ([version, why]) => `恢复到版本 ${version ?? ""}：${why ?? ""}`],
  [/^month (\S+)$/, ([month]) => `${month ?? ""} 月份`],
];
const BY_COMMAND = /^command line(?: \((?<who>.+)\))?$/;
const EVIDENCE = /^(?<number>\d{4}-\d+) (?<kind>[a-z_]+)(?<rest> .+)?$/;

export function hubWords(said: string): string {
  if (currentLocale.value !== "zh") {
    return said;
  }
  const command = BY_COMMAND.exec(said);
  if (command !== null) {
    return command.groups?.["who"] === undefined ? "命令行" : `命令行（${command.groups["who"]}）`;
  }
  for (const [form, words] of SENTENCES) {
    const found = form.exec(said);
    if (found !== null) {
      return words(found.slice(1));
    }
  }
  const file = EVIDENCE.exec(said)?.groups;
  return file === undefined ? (SAID[said] ?? said) : `${file["number"] ?? ""} ${named("evidence", file["kind"] ?? "")}${file["rest"] ?? ""}`;
}
