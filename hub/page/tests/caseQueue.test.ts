import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { CaseSummary } from "@/api/types";

import { aSummary } from "./fixtures";

// before the client is made, which takes hold of it
const asked = vi.fn<(request: Request) => Promise<Response>>();
vi.stubGlobal("fetch", asked);
const attended = vi.hoisted(() => ({ value: true }));
vi.mock("@/queue/attention", () => ({ isAttended: () => attended.value }));
const queue = await import("@/queue/caseQueue");
const { tellChange } = await import("@/queue/changes");

const OPEN = { group: "open", scene: null, order: "rank", words: "" } as const;
const one = (id: number, own: Partial<CaseSummary> = {}): CaseSummary => aSummary({ id, rank: id * 10, ...own });
const answer = (items: CaseSummary[], next: string | null = null): Response =>
  Response.json({ items, next, total: items.length });
const ids = (): readonly number[] => queue.queueIds.value;

describe("the queue of open cases", () => {
  let end = (): void => undefined;

  beforeEach(async () => {
    attended.value = true;
    asked.mockReset().mockImplementation(() => Promise.resolve(answer([one(1), one(2), one(3)])));
    end = queue.followQueue();
    await queue.showQueue(OPEN);
  });
  afterEach(() => {
    end();
  });

  it("stands as the hub gives it, and a change asks for nothing", () => {
    expect(ids()).toEqual([1, 2, 3]);
    tellChange(one(2, { state: "accepted" }));
    expect(queue.caseOf(2)?.state).toBe("accepted");
    expect(ids()).toEqual([1, 2, 3]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("lets what comes wait, counted and with its grade, and puts it at its place when it is asked for", () => {
    tellChange(one(7, { rank: 15, grade: "ordinary" }), true);
    tellChange(one(8, { rank: 5, grade: "major" }), true);
    expect(ids()).toEqual([1, 2, 3]);
    expect([queue.waitingCount.value, queue.gravestWaiting.value]).toEqual([2, "major"]);
    expect(queue.admit()).toBe(8);
    expect(ids()).toEqual([8, 1, 7, 2, 3]);
    expect([queue.waitingCount.value, queue.queueTotal.value]).toEqual([0, 5]);
  });

  it("keeps a row that left, as it is now, until it is tidied", () => {
    tellChange(one(2, { state: "closed" }));
    expect(ids()).toEqual([1, 2, 3]);
    expect([queue.isGone(2), queue.goneCount.value, queue.caseOf(2)?.state]).toEqual([true, 1, "closed"]);
    queue.admit();
    expect(ids()).toEqual([1, 3]);
  });

  it("does not move a row whose rank changes before it is asked to", () => {
    tellChange(one(3, { rank: 1, grade: "major" }));
    expect(ids()).toEqual([1, 2, 3]);
    queue.admit();
    expect(ids()).toEqual([3, 1, 2]);
  });

  it("lets everything in by itself where nobody reads", () => {
    attended.value = false;
    tellChange(one(7, { rank: 15 }), true);
    expect(ids()).toEqual([1, 7, 2, 3]);
  });

  it("takes no news from an answer that was overtaken by a newer one", () => {
    tellChange(one(1, { state: "accepted", updated_at: "2026-01-02T04:00:00Z" }));
    tellChange(one(1, { state: "dispatched", updated_at: "2026-01-02T03:30:00Z" }));
    expect(queue.caseOf(1)?.state).toBe("accepted");
  });

  it("goes on where the page before ended; what changed meanwhile is not lost", async () => {
    asked.mockImplementation(() => Promise.resolve(answer([one(1), one(2)], "20.2")));
    await queue.showQueue({ ...OPEN, group: "new" });
    asked.mockImplementation(() => {
      tellChange(one(1, { state: "filed" }));
      return Promise.resolve(answer([one(2), one(4, { state: "filed" })]));
    });
    await queue.moreQueue();
    expect(new URL(asked.mock.lastCall?.[0].url ?? "").searchParams.get("after")).toBe("20.2");
    expect(ids()).toEqual([1, 2, 4]);
    expect(queue.caseOf(1)?.state).toBe("filed");
  });

  it("counts what changes far below what is loaded only when it has just come in", async () => {
    asked.mockImplementation(() => Promise.resolve(answer([one(1), one(2)], "20.2")));
    await queue.showQueue({ ...OPEN, scene: "illegal_parking" });
    tellChange(one(50));
    expect(queue.waitingCount.value).toBe(0);
    tellChange(one(51), true);
    expect(queue.waitingCount.value).toBe(1);
    expect(queue.admit()).toBeNull();
    expect(ids()).toEqual([1, 2]);
  });
});
