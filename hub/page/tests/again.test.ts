import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp } from "vue";

import { pretend } from "../stories/pretendHub";
import { useLoaded, type Loaded } from "@/admin/act";
import { hub, take } from "@/api/client";
import { usePages } from "@/live/pages";
import { startStream, stopStream } from "@/live/stream";

const AWAY = { refused: "unavailable", status: 503 };

afterEach(stopStream);

describe("what could not be had while the hub was away", () => {
  it.each([
    [503, ["ready"]],
    [403, null],
  ])("comes by itself once it is back, but not what was refused: %s", async (status, expected) => {
    pretend({ "/api/tokens": { refused: "unavailable", status } });
    let loaded = null as Loaded<unknown> | null;
    const app = createApp({
      setup: () => {
        loaded = useLoaded(() => take(hub.GET("/api/tokens")));
        return () => null;
      },
    });
    app.mount(document.createElement("div"));
    await vi.waitFor(() => {
      expect(loaded?.refused.value?.status).toBe(status);
    });
    pretend({ "/api/tokens": { body: ["ready"] }, "/api/webhooks": { body: [] } });
    startStream();
    await take(hub.GET("/api/webhooks")); // asked after the stream, so its answer comes after the stream's opening
    await vi.waitFor(() => {
      expect([loaded?.data.value, loaded?.busy.value]).toEqual([expected, false]);
    });
    app.unmount();
  });

  it("comes by itself to a list of pages, from the page that was missed", async () => {
    pretend({ "/api/tokens": { body: [] } });
    const asked: (string | null)[] = [];
    const pages = usePages<number>(async (before) => {
      asked.push(before);
      await take(hub.GET("/api/tokens"));
      return before === null ? { items: [3, 2], next: "2" } : { items: [1], next: null };
    });
    await pages.reload();
    pretend({ "/api/tokens": AWAY });
    await pages.more();
    expect(pages.error.value?.status).toBe(503);
    pretend({ "/api/tokens": { body: [] } });
    startStream();
    await vi.waitFor(() => {
      expect([pages.items.value, pages.error.value]).toEqual([[3, 2, 1], null]);
    });
    expect(asked).toEqual([null, "2", "2"]);
  });
});
