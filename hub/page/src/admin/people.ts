/** Finding people in the list of them. */
import type { components } from "@/api/schema";

export type UserView = components["schemas"]["UserView"];

export interface Wanted {
  /** Each of its words stands in one of their names, their area or unit. */
  readonly text: string;
  /** Empty: any. */
  readonly role: string;
  readonly state: string;
}

export function found(people: readonly UserView[], { text, role, state }: Wanted): UserView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return people.filter((one) => {
    const said = [one.username, one.display_name, one.area, one.unit ?? ""].join(" ").toLowerCase();
    return words.every((word) => said.includes(word)) && (role === "" || one.role === role) && isIn(one, state);
  });
}

function isIn(one: UserView, state: string): boolean {
  switch (state) {
    case "signed-in":
      return one.sessions > 0;
    case "no-factor":
      return !one.second_factor && !one.disabled;
    case "disabled":
      return one.disabled;
    default:
      return true;
  }
}
