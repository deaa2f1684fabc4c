/** What the hub's records call things in English, in Chinese; what the table does not know stays as it was written. */
import { currentLocale, named } from "./words";

const SAID: Readonly<Record<string, string>> = {
  "audit trail": "审计日志",
  "city pack": "城市包",
  "the file at the start": "启动时的文件",
  "the rules": "规则",
  hub: "中心",
  local: "本机",
};
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
  const file = EVIDENCE.exec(said)?.groups;
  return file === undefined ? (SAID[said] ?? said) : `${file["number"] ?? ""} ${named("evidence", file["kind"] ?? "")}${file["rest"] ?? ""}`;
}
