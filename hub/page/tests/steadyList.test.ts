import { describe, expect, it } from "vitest";
import { nextTick, ref } from "vue";

import type { CaseSummary } from "@/api/types";
import { useSteadyList } from "@/live/steadyList";

import { aSummary } from "./fixtures";

const some = (...ids: number[]): CaseSummary[] => ids.map((id) => aSummary({ id }));
const ids = (items: readonly CaseSummary[]): number[] => items.map((item) => item.id);

describe("a list that stands still", () => {
  it("fills itself only where nothing stands", async () => {
    const live = ref<CaseSummary[]>([]);
    const list = useSteadyList(() => live.value, () => null);
    expect(ids(list.rows.value)).toEqual([]);
    live.value = some(1);
    await nextTick();
    expect(ids(list.rows.value)).toEqual([1]);
    live.value = some(3, 2, 1);
    await nextTick();
    expect(ids(list.rows.value)).toEqual([1]);
    expect(list.waiting.value).toBe(2);
    list.refresh();
    expect(ids(list.rows.value)).toEqual([3, 2, 1]);
    expect(list.waiting.value).toBe(0);
  });

  it("changes rows in place and keeps those that left, as they are now, until it is refreshed", () => {
    const live = ref(some(3, 2, 1));
    const closed = aSummary({ id: 2, state: "closed" });
    const list = useSteadyList(() => live.value, (id) => (id === 2 ? closed : null));
    live.value = [aSummary({ id: 3, state: "handled" })];
    expect(list.rows.value.map((item) => [item.id, item.state])).toEqual([
      [3, "handled"],
      [2, "closed"],
      [1, "dispatched"],
    ]);
    expect([...list.gone.value]).toEqual([2, 1]);
    list.refresh();
    expect(ids(list.rows.value)).toEqual([3]);
  });

  it("keeps its order when the order of what belongs in it changes", () => {
    const live = ref(some(2, 1));
    const list = useSteadyList(() => live.value, () => null);
    live.value = some(1, 2);
    expect(ids(list.rows.value)).toEqual([2, 1]);
  });
});
