import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp, h, nextTick, shallowReactive, type App } from "vue";

import type { MapCase, SharedMove } from "@/api/types";

import { aSummary } from "./fixtures";

// before the client is made, which takes hold of it
const asked = vi.fn<(request: Request) => Promise<Response>>();
vi.stubGlobal("fetch", asked);
const { default: MapBatch } = await import("@/map/MapBatch.vue");
const { forgetShared, sharedPending } = await import("@/live/sharedMoves");
const { UNDO_MS } = await import("@/live/pendingMoves");

const filed = (id: number): MapCase => aSummary({ id, number: `2026-00000${id}`, state: "filed" });
const dispatch = (count: number): Partial<SharedMove> => ({ move: "dispatch", count });

let app: App | null = null;
let root: HTMLElement;
const props = shallowReactive<{ cases: readonly MapCase[] }>({ cases: [] });
const button = (): HTMLButtonElement | null => root.querySelector("button[type=submit]");

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(300);
  await nextTick();
}

describe("cases of a selection on the map", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    asked.mockReset().mockImplementation((request) => {
      const { pathname, searchParams } = new URL(request.url);
      const ids = searchParams.getAll("id");
      return Promise.resolve(Response.json(pathname.endsWith("/moves") ? [dispatch(ids.length)] : []));
    });
    root = document.body.appendChild(document.createElement("div"));
    app = createApp({ render: () => h(MapBatch, { cases: props.cases }) });
  });
  afterEach(() => {
    app?.unmount();
    root.remove();
    sharedPending.value.forEach(({ key }) => {
      forgetShared(key);
    });
    vi.useRealTimers();
  });

  it("are offered to a unit where they are filed, sent as one, and can be taken back", async () => {
    props.cases = [filed(3), aSummary({ id: 5, state: "reported" })];
    app?.mount(root);
    await settle();
    expect(button()?.textContent).toContain("1");
    props.cases = [filed(4), filed(3)]; // one more was filed meanwhile
    await settle();
    expect(button()?.textContent).toContain("2");
    asked.mockImplementationOnce(() => Promise.resolve(Response.json({ error: { code: "busy", message: "" } }, { status: 503 })));
    props.cases = [filed(4), filed(3), filed(6)];
    await settle();
    expect(button(), "a hub that is busy for a moment takes nothing away").not.toBeNull();
    props.cases = [filed(4), filed(3)];
    await settle();
    const sendTo = (): void => {
      root.querySelector("form")?.dispatchEvent(new Event("submit"));
    };
    sendTo();
    await settle();
    expect(button(), "what is on its way is not offered again").toBeNull();
    forgetShared(sharedPending.value[0]?.key ?? 0);
    await settle();
    expect(button()?.textContent, "taken back").toContain("2");
    sendTo();
    await vi.advanceTimersByTimeAsync(UNDO_MS + 10);
    const sent = asked.mock.calls.map(([request]) => request).filter(({ method }) => method === "POST");
    expect(sent.map(({ url }) => new URL(url).pathname)).toEqual(["/api/cases/moves/dispatch"]);
    expect(await sent[0]?.json()).toMatchObject({ ids: [4, 3] });
  });

  it("are offered to nobody who may not send them", async () => {
    asked.mockImplementation(() => Promise.resolve(Response.json([])));
    props.cases = [filed(3)];
    app?.mount(root);
    await settle();
    expect(button()).toBeNull();
  });
});
