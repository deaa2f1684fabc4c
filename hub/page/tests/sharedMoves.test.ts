import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { aSummary } from "./fixtures";

// before the client is made, which takes hold of it
const sent = vi.fn<(request: Request) => Promise<Response>>();
vi.stubGlobal("fetch", sent);
const { forgetShared, isSharedPending, moveTogetherSoon, sharedPending } = await import("@/live/sharedMoves");
const { UNDO_MS } = await import("@/live/pendingMoves");

const cases = [
  { id: 7, number: "2026-000007" },
  { id: 8, number: "2026-000008" },
];

describe("one move of several cases", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    const why = { code: "illegal_move", message: "a case that is filed does not allow file" };
    const made = [
      { id: 7, case: aSummary({ state: "filed" }), refused: null },
      { id: 8, case: null, refused: why },
    ];
    sent.mockReset().mockImplementation(() => Promise.resolve(Response.json(made)));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("can be undone as one, and is one request that says what could not be done", async () => {
    moveTogetherSoon(cases, "void", { reason: "test" });
    forgetShared(sharedPending.value[0]?.key ?? 0);
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(sent).not.toHaveBeenCalled();

    moveTogetherSoon(cases, "void", { reason: "test" });
    moveTogetherSoon(cases, "file", {});
    expect(isSharedPending(8)).toBe(true);
    await vi.advanceTimersByTimeAsync(UNDO_MS + 10);
    expect(sent).toHaveBeenCalledTimes(1);
    const request = sent.mock.calls[0]?.[0];
    expect(request?.url).toMatch(/\/api\/cases\/moves\/void$/);
    expect(await request?.json()).toMatchObject({ ids: [7, 8], reason: "test" });
    const [left] = sharedPending.value;
    expect(left?.refused.map(({ number, why: { code } }) => [number, code])).toEqual([["2026-000008", "illegal_move"]]);
  });
});
