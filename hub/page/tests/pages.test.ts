import { describe, expect, it } from "vitest";

import { HubError } from "@/api/client";
import { formatBytes } from "@/format/size";
import { usePages, type HubPage } from "@/live/pages";

describe("a list that comes page by page", () => {
  const numbers = (before: string | null): HubPage<number> => {
    const first = before === null ? 5 : Number(before) - 1;
    const items = [first, first - 1].filter((one) => one > 0);
    return { items, next: first > 2 ? String(first - 1) : null };
  };

  it("grows at its end until there is no more", async () => {
    const pages = usePages((before) => Promise.resolve(numbers(before)));
    await pages.reload();
    await pages.more();
    await pages.more();
    expect([pages.items.value, pages.next.value]).toEqual([[5, 4, 3, 2, 1], null]);
    await pages.reload();
    expect([pages.items.value, pages.next.value]).toEqual([[5, 4], "4"]);
  });

  it("drops an answer that was overtaken", async () => {
    const waiting: ((page: HubPage<number>) => void)[] = [];
    const pages = usePages<number>(() => new Promise((resolve) => waiting.push(resolve)));
    const both = [pages.reload(), pages.reload()];
    waiting[1]?.({ items: [2], next: null });
    waiting[0]?.({ items: [1], next: null });
    await Promise.all(both);
    expect(pages.items.value).toEqual([2]);
  });

  it("drops a refusal that was overtaken", async () => {
    const waiting: ((error: HubError) => void)[] = [];
    const pages = usePages<number>(() => new Promise((_, reject) => waiting.push(reject)));
    const asked = pages.reload();
    pages.clear();
    waiting[0]?.(new HubError(503, "unavailable", ""));
    await asked;
    expect(pages.error.value).toBeNull();
  });

  it("keeps what is there where the next page is refused", async () => {
    const refused = new HubError(503, "unavailable", "");
    const pages = usePages((before) => (before === null ? Promise.resolve(numbers(null)) : Promise.reject(refused)));
    await pages.reload();
    await pages.more();
    expect([pages.items.value, pages.error.value]).toEqual([[5, 4], refused]);
  });
});

describe("sizes", () => {
  it("are told in the unit that fits", () => {
    expect([0, 1023, 1536, 5 * 2 ** 20, 3.5 * 2 ** 40].map(formatBytes)).toEqual(["0 B", "1,023 B", "1.5 KiB", "5 MiB", "3.5 TiB"]);
  });
});
