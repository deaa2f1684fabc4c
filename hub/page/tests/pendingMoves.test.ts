import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { aDetail } from "./fixtures";

// before the client is made, which takes hold of it
const sent = vi.fn<(request: Request) => Promise<Response>>();
vi.stubGlobal("fetch", sent);
const { dropMoves, forgetMove, moveSoon, pendingMoveOf, pendingMoves, sendMovesNow, sendMovesOnLeaving, UNDO_MS } =
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
    forgetMove(pendingMoveOf(7)?.key ?? "");
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
});
