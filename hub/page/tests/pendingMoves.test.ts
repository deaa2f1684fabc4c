import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { aDetail, aSummary } from "./fixtures";

// before the client is made, which takes hold of it
const sent = vi.fn<(request: Request) => Promise<Response>>();
vi.stubGlobal("fetch", sent);
const { dropMoves, forgetMove, moveSoon, moveTogetherSoon, pendingMoveOf, pendingMoves, sendMovesNow, sendMovesOnLeaving, UNDO_MS } =
  await import("@/live/pendingMoves");

const item = { id: 7, number: "2026-000007" };

describe("a move that one click makes", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    sent.mockReset().mockImplementation(() => Promise.resolve(Response.json(aDetail({ state: "filed" }))));
  });
  afterEach(() => {
    dropMoves();
    pendingMoves.value.forEach((one) => {
      forgetMove(one.key);
    });
    vi.useRealTimers();
  });

  it("is sent only when the time to undo it is over", async () => {
    const done = vi.fn();
    moveSoon(item, "file", done);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 10);
    expect(sent).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20);
    expect(sent.mock.calls[0]?.[0].url).toMatch(/\/api\/cases\/7\/moves\/file$/);
    expect(done).toHaveBeenCalledWith(expect.objectContaining({ id: 7, state: "filed" }));
    expect(pendingMoves.value).toEqual([]);
  });

  it("never reaches the hub when it is undone", async () => {
    moveSoon(item, "file", vi.fn());
    forgetMove(7);
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    await sendMovesNow();
    expect(sent).not.toHaveBeenCalled();
    expect(pendingMoveOf(7)).toBeNull();
  });

  it("is sent once, and at once, when the page is left", async () => {
    const end = sendMovesOnLeaving();
    moveSoon(item, "accept", vi.fn());
    moveSoon(item, "accept", vi.fn());
    window.dispatchEvent(new Event("pagehide"));
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(sent).toHaveBeenCalledTimes(1);
    end();
  });

  it("stays on the screen with the hub's words when it is refused", async () => {
    const words = { error: { code: "illegal_move", message: "a case that is closed does not allow file" } };
    sent.mockImplementation(() => Promise.resolve(Response.json(words, { status: 409 })));
    const done = vi.fn();
    moveSoon(item, "file", done);
    await vi.advanceTimersByTimeAsync(UNDO_MS + 10);
    expect(done).toHaveBeenCalledWith(null);
    expect(pendingMoves.value[0]).toMatchObject({ state: "failed", failure: { code: "illegal_move" } });
    expect(pendingMoveOf(7)).toBeNull();
  });

  it("is not sent in somebody else's name when the session ends first", async () => {
    moveSoon(item, "file", vi.fn());
    dropMoves();
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(sent).not.toHaveBeenCalled();
    expect(pendingMoves.value[0]).toMatchObject({ state: "failed", failure: { code: "not_sent" } });
  });

  it("of several cases is one request, can be undone as one, and says what could not be done", async () => {
    const others = [item, { id: 8, number: "2026-000008" }];
    const why = { code: "illegal_move", message: "a case that is filed does not allow file" };
    const made = [
      { id: 7, case: aSummary({ state: "filed" }), refused: null },
      { id: 8, case: null, refused: why },
    ];
    sent.mockImplementation(() => Promise.resolve(Response.json(made)));
    moveTogetherSoon(others, "void", { reason: "test" });
    forgetMove(pendingMoves.value[0]?.key ?? 0);
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(sent).not.toHaveBeenCalled();

    moveTogetherSoon(others, "void", { reason: "test" });
    expect(pendingMoveOf(8)?.move).toBe("void");
    moveSoon(item, "file", vi.fn());
    await vi.advanceTimersByTimeAsync(UNDO_MS + 10);
    expect(sent).toHaveBeenCalledTimes(1);
    const request = sent.mock.calls[0]?.[0];
    expect(request?.url).toMatch(/\/api\/cases\/moves\/void$/);
    expect(await request?.json()).toMatchObject({ ids: [7, 8], reason: "test" });
    const [left] = pendingMoves.value;
    expect(left?.refused.map(({ number, why: { code } }) => [number, code])).toEqual([["2026-000008", "illegal_move"]]);
  });
});
