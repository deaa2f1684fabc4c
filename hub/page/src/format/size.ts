/** Bytes in the unit that people read, and a file that the page itself hands out. */
import { languageTag } from "@/i18n/words";

import { formatNumber } from "./number";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  const digits = step > 0 && value < 100 ? 1 : 0;
  return `${formatNumber(value, languageTag.value, { maximumFractionDigits: digits })} ${UNITS[step] ?? ""}`;
}

/** Let the browser save something under a name. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}
