import { describe, expect, it, vi } from "vitest";

import { eventReader, onLinkOpen, onStreamEvent, startStream, stopStream, useLink, type StreamEvent } from "@/live/stream";

function parsed(...pieces: string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const read = eventReader((event) => events.push(event));
  pieces.forEach(read);
  return events;
}

describe("taking a stream apart", () => {
  it("gives events whatever the pieces they come in", () => {
    const whole = 'retry: 2000\n\n:ping\n\nid: 4\nevent: case\ndata: {"id": 3}\n\n';
    const expected = [{ type: "case", data: { id: 3 } }];
    expect(parsed(whole)).toEqual(expected);
    expect(parsed(...Array.from(whole))).toEqual(expected);
    expect(parsed(whole.replaceAll("\n", "\r\n"))).toEqual(expected);
  });

  it("forgets the type of one event before the next", () => {
    expect(parsed("event: camera\ndata: 1\n\ndata: 2\n\n").map((event) => event.type)).toEqual(["camera", "message"]);
  });
});

describe("the connection", () => {
  it("opens, hands events on, says that it is lost, and opens again", async () => {
    vi.useFakeTimers();
    const sources: ReadableStreamDefaultController<Uint8Array>[] = [];
    vi.stubGlobal("fetch", () =>
      Promise.resolve(
        new Response(
          new ReadableStream<Uint8Array>({
            start(controller) {
              sources.push(controller);
            },
          }),
        ),
      ),
    );
    const events: StreamEvent[] = [];
    const opened = vi.fn();
    const ends = [onStreamEvent((event) => events.push(event)), onLinkOpen(opened)];
    startStream();
    await vi.waitFor(() => {
      expect(useLink().value).toBe("open");
    });
    sources[0]?.enqueue(new TextEncoder().encode('event: case\ndata: {"id": 9}\n\n'));
    await vi.waitFor(() => {
      expect(events).toEqual([{ type: "case", data: { id: 9 } }]);
    });
    sources[0]?.close();
    await vi.waitFor(() => {
      expect(useLink().value).toBe("lost");
    });
    await vi.advanceTimersByTimeAsync(1000);
    await vi.waitFor(() => {
      expect(useLink().value).toBe("open");
    });
    expect(opened).toHaveBeenCalledTimes(2);
    stopStream();
    ends.forEach((end) => {
      end();
    });
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
});
