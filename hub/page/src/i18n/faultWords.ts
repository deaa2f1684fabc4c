/** What is wrong with a row of a file, in the reader's language; a code that the table does not know in the hub's own words. */
import type { components } from "@/api/schema";

import { faultMessages } from "./faultMessages";
import { t } from "./words";

type Fault = components["schemas"]["RowFaultView"];

export function faultWords({ code, said, message }: Fault): string {
  const key = `fault.${code}`;
  return isKnown(key) ? t(key, said) : message;
}

function isKnown(key: string): key is keyof typeof faultMessages {
  return key in faultMessages;
}
