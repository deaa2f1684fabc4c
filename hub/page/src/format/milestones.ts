/** Milestones in words. */
import type { CaseDetail } from "@/api/types";
import type { MessageKey } from "@/i18n/messages";
import { pick, t } from "@/i18n/words";

export type Milestone = CaseDetail["milestones"][number];

const LIMITS: Partial<Record<string, MessageKey>> = {
  minutes: "milestones.minutes",
  hours: "milestones.hours",
  working_hours: "milestones.workingHours",
  working_days: "milestones.workingDays",
  calendar_days: "milestones.calendarDays",
};

export function milestoneName({ id, name }: Pick<Milestone, "id" | "name">): string {
  return name === null ? id : pick(name);
}

/** Within what time, from the hub's `15 minutes` or `2 working hours`. */
export function withinWords(limit: string): string {
  const [amount = "", ...unit] = limit.split(" ");
  const key = LIMITS[unit.join("_")];
  return key === undefined ? limit : t(key, { n: Number(amount) });
}
