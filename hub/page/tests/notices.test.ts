import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

// before the client is made, which takes hold of it
const asked = vi.fn<(request: Request) => Promise<Response>>();
let told: ReadableStreamDefaultController<Uint8Array> | null = null;
vi.stubGlobal("fetch", (request: Request | string) => {
  if (typeof request !== "string") {
    return asked(request);
  }
  return Promise.resolve(
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          told = controller;
        },
      }),
    ),
  );
});
const { followNotices, unreadCount } = await import("@/live/notices");
const { startStream, stopStream } = await import("@/live/stream");

const STORM = 200;
const SECONDS = 60;
let unread = 0;

describe("notices in a storm", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    asked.mockReset().mockImplementation(() => Promise.resolve(Response.json({ items: [], unread })));
  });
  afterEach(() => {
    stopStream();
    vi.useRealTimers();
  });

  it("are asked for soon, and then once in a few seconds, however many come", async () => {
    const end = followNotices();
    startStream();
    await vi.waitFor(() => {
      expect(asked).toHaveBeenCalledTimes(1);
    });
    await vi.advanceTimersByTimeAsync(10_000);
    unread = 1;
    told?.enqueue(new TextEncoder().encode("event: notice\ndata: {}\n\n"));
    await vi.advanceTimersByTimeAsync(500);
    expect(unreadCount.value).toBe(1);
    asked.mockClear();
    for (let number = 0; number < STORM; number += 1) {
      unread += 1;
      told?.enqueue(new TextEncoder().encode("event: notice\ndata: {}\n\n"));
      await vi.advanceTimersByTimeAsync((SECONDS * 1000) / STORM);
    }
    expect(asked.mock.calls.length).toBeLessThanOrEqual(SECONDS / 3 + 1);
    await vi.advanceTimersByTimeAsync(4000);
    expect(unreadCount.value).toBe(unread);
    end();
  });
});
