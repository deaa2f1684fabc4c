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
    const expected = [{ type: "case", data: { id: 3 }, id: "4" }];
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

  it("goes on from what it has heard, and says when lists must be loaded anew", async () => {
    vi.useFakeTimers();
    const sources: ReadableStreamDefaultController<Uint8Array>[] = [];
    const asked: (string | null)[] = [];
    vi.stubGlobal("fetch", (_: string, { headers }: RequestInit) => {
      asked.push(new Headers(headers).get("Last-Event-ID"));
      return Promise.resolve(new Response(new ReadableStream<Uint8Array>({ start: (one) => void sources.push(one) })));
    });
    const opened: boolean[] = [];
    const end = onLinkOpen((heardAll) => opened.push(heardAll));
    const say = (text: string): void => sources.at(-1)?.enqueue(new TextEncoder().encode(`${text}\ndata: {}\n\n`));
    const again = async (): Promise<void> => {
      const before = sources.length;
      sources.at(-1)?.close();
      await vi.waitFor(() => {
        expect(useLink().value).toBe("lost");
      });
      await vi.advanceTimersByTimeAsync(1000);
      await vi.waitFor(() => {
        expect(sources.length).toBe(before + 1);
      });
    };
    startStream();
    await vi.waitFor(() => {
      expect(opened).toEqual([false]);
    });
    say("id: a.1\nevent: begin");
    say("id: a.2\nevent: case");
    await vi.advanceTimersByTimeAsync(1);
    await again();
    say("event: case");
    expect(opened).toEqual([false]);
    say("id: a.3\nevent: begin");
    await vi.waitFor(() => {
      expect(opened).toEqual([false, true]);
    });
    await again();
    say("id: a.9\nevent: reload");
    await vi.waitFor(() => {
      expect(opened).toEqual([false, true, false]);
    });
    stopStream();
    startStream();
    await vi.waitFor(() => {
      expect(asked).toEqual([null, "a.2", "a.3", null]);
    });
    stopStream();
    end();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
});
