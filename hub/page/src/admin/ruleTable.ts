/** The rule table as it is edited: rows keep what this page does not edit, such as limits and proposals. Pure. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
/** Of what a rule does not say the hub's defaults hold. */
export type Rule = Pick<Schemas["Rule"], "scene"> & Partial<Omit<Schemas["Rule"], "scene">>;
export type Trial = Schemas["TrialView"];

export const AUTOMATIONS = ["file", "dispatch", "look_again", "close", "fail"] as const;
export type Automation = (typeof AUTOMATIONS)[number];

/** What a rule has beside what is edited here; named, so that nobody thinks it is gone. */
export const KEPT = ["send", "limits", "when_gone"] as const;

export function keyOf(rule: Rule): string {
  return `${rule.scene} ${rule.area ?? ""}`;
}

export function automaticOf(rule: Rule): Automation[] {
  return AUTOMATIONS.filter((name) => rule[name] === "auto");
}

export function keptOf(rule: Rule): (typeof KEPT)[number][] {
  return KEPT.filter((name) => {
    const value = rule[name];
    return value !== undefined && value !== null && Object.keys(value).length > 0;
  });
}

/** One row put in place of another, or added; rows stay in their order. */
export function withRule(rules: readonly Rule[], old: Rule | null, next: Rule): Rule[] {
  return old === null ? [...rules, next] : rules.map((one) => (one === old ? next : one));
}

/** How two tables differ, by scene and area: added, changed and removed rows. */
export function countChanges(before: readonly Rule[], after: readonly Rule[]): number {
  const rows = new Map(before.map((rule) => [keyOf(rule), JSON.stringify(rule)]));
  let count = 0;
  for (const rule of after) {
    const was = rows.get(keyOf(rule));
    rows.delete(keyOf(rule));
    count += was === JSON.stringify(rule) ? 0 : 1;
  }
  return count + rows.size;
}

/** What was changed here, made anew on the table as somebody else left it. */
export function rebased(base: readonly Rule[], mine: readonly Rule[], theirs: readonly Rule[]): Rule[] {
  const byKey = (rules: readonly Rule[]): Map<string, Rule> => new Map(rules.map((one) => [keyOf(one), one]));
  const [was, is, made] = [byKey(base), byKey(mine), byKey(theirs)];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [before, after] = [was.get(key), is.get(key)];
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      if (after === undefined) {
        made.delete(key);
      } else {
        made.set(key, after);
      }
    }
  }
  return [...made.values()];
}
