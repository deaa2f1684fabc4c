/** What a phone's lower bar leads to; a further page of the phone is a further line here. */
import type { IconName } from "@/components/icons";
import type { MessageKey } from "@/i18n/messages";

export interface Place {
  name: string;
  icon: IconName;
  words: MessageKey;
}

export const PLACES: readonly Place[] = [
  { name: "tasks", icon: "tasks", words: "nav.tasks" },
  { name: "report", icon: "place", words: "report.nav" },
  { name: "inspections", icon: "check", words: "inspection.nav" },
  { name: "unsent", icon: "outbox", words: "outbox.title" },
];
