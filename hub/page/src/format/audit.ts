/** What a line of the audit trail says beside its act, in the reader's language. */
import { gatewayWords } from "@/i18n/gatewaySaid";
import { hubWords } from "@/i18n/hubSaid";
import { named, t } from "@/i18n/words";
import { sceneName } from "@/live/city";

import { formatMoment } from "./time";

/** The tables in which the values of some details have words. */
const GROUPS: Readonly<Record<string, string>> = { role: "role", kinds: "line", format: "webhookFormat", problem: "setup.problem" };

export function auditDetails(detail: Readonly<Record<string, unknown>>, now: number): string {
  const isNamed = typeof detail["problem"] === "string" && named("setup.problem", detail["problem"]) !== detail["problem"];
  return Object.entries(detail)
    .filter(([name, value]) => value !== null && !isEmpty(value) && !(isNamed && name === "why")) // that says the same, in the gateway's words
    .map(([name, value]) => `${named("auditDetail", name)} ${valueWords(name, value, now)}`)
    .join(t("log.comma"));
}

/** A list or group with nothing in it says nothing. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function valueWords(name: string, value: unknown, now: number): string {
  if (typeof value === "boolean") {
    return named("choice", value ? "yes" : "no");
  }
  if (Array.isArray(value)) {
    return value.map((one) => valueWords(name, one, now)).join(t("log.comma"));
  }
  if (name === "settings" && typeof value === "object" && value !== null) {
    return settingsWords(value as Record<string, unknown>);
  }
  if (typeof value === "object" && value !== null) {
    return auditDetails(value as Record<string, unknown>, now);
  }
  if (typeof value !== "string") {
    return String(value);
  }
  if (/^\d{4}-\d\d-\d\dT/.test(value)) {
    return formatMoment(value, now);
  }
  if (name === "changed") {
    return named("areaPart", value);
  }
  if (name === "why") {
    return gatewayWords(hubWords(value));
  }
  const group = GROUPS[name];
  return group === undefined ? hubWords(value) : named(group, value);
}

/** Which of a camera's settings were changed; to what, its versions show. A long change comes as its keys alone. */
function settingsWords(settings: Readonly<Record<string, unknown>>): string {
  const { keys } = settings;
  const parts = Array.isArray(keys) ? (keys as string[]) : Object.keys(settings);
  const scenes = Array.isArray(settings["scenes"]) ? (settings["scenes"] as { scene?: string }[]) : [];
  const names = [...new Set(scenes.map(({ scene }) => sceneName(scene ?? "")))].join(t("log.comma"));
  return parts.map((part) => (part === "scenes" && names !== "" ? t("audit.scenes", { scenes: names }) : named("cameraSetting", part))).join(t("log.comma"));
}
