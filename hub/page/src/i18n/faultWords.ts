/** What is wrong with a row of a file, in the reader's language; a code that the table does not know in the hub's own words. */
import type { components } from "@/api/schema";

import { isKey, t } from "./words";

type Fault = components["schemas"]["RowFaultView"];

export function faultWords({ code, said, message }: Fault): string {
  const key = `fault.${code}`;
  return isKey(key) ? t(key, said) : message;
}

/** With the lines where they stand. */
export const fileFaultLines = (faults: readonly Fault[]): string => faults.map((one) => (one.line === 0 ? faultWords(one) : t("premises.line", { line: one.line, message: faultWords(one) }))).join("\n");
