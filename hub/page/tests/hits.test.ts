/** What somebody looks for is found in a row, and marked where it stands. */
import { expect, it } from "vitest";

import type { CaseSummary } from "@/api/types";
import { partsOf } from "@/format/hits";
import { isFound } from "@/queue/groups";

const marked = (text: string, words: string): string =>
  partsOf(text, words)
    .map((part) => (part.hit ? `[${part.text}]` : part.text))
    .join("");

it("marks each word wherever it stands, the longest first, and leaves the text as it is", () => {
  expect(marked("东门 Gate 12", "门 gate")).toBe("东[门] [Gate] 12");
  expect(marked("aab", "a aa")).toBe("[aa]b");
  expect(marked("nothing", "")).toBe("nothing");
  expect(marked("东门", "东门")).toBe("[东门]");
});

it("finds a case by all of its words, or by its number in its year", () => {
  const item = { number: "2026-000123", zone: "gate", camera_name: "东门" } as CaseSummary;
  expect(["东门 GATE", "123", "0123", "2026-0001"].map((words) => isFound(item, words))).toEqual([true, true, true, true]);
  expect(["西门", "gate 124"].map((words) => isFound(item, words))).toEqual([false, false]);
});
