import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp, type Component } from "vue";
import { createMemoryHistory, createRouter, type Router } from "vue-router";

import { pretend } from "../stories/pretendHub";
import { aSummary } from "./fixtures";
import { tellChange } from "@/queue/changes";
import SignInPage from "@/views/SignInPage.vue";
import WallPage from "@/views/WallPage.vue";

const UPDATES = 200;
/** Changes that the wall gathers into one question. */
const AT_ONCE = 5;
const figure = { today: 3, usual: 2 };
const today = { reported: figure, handled: figure, closed: figure };
/** The newest is another one after each update. */
function hubWith(newest: number): void {
  const items = [0, 1, 2].map((back) => aSummary({ id: newest - back, grade: "major" }));
  const none = { items: [], next: null, total: 0 };
  pretend({ "/figures/today": { body: today }, "?grade=major": { body: { ...none, items, total: 3 } }, "/api/cases": { body: none } });
}

let listeners: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  listeners = 0;
  for (const target of [window, document] as EventTarget[]) {
    const [add, remove] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
    vi.spyOn(target, "addEventListener").mockImplementation((...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    });
    vi.spyOn(target, "removeEventListener").mockImplementation((...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  document.body.innerHTML = "";
});

async function open(component: Component, path: string): Promise<{ router: Router; leave: () => void }> {
  const names = { "/": "list", "/wall": "wall", "/sign-in": "sign-in" };
  const routes = Object.entries(names).map(([at, name]) => ({ path: at, name, component: { render: () => null } }));
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push(path);
  const app = createApp(component);
  app.use(router).mount(document.body.appendChild(document.createElement("div")));
  return {
    router,
    leave: () => {
      app.unmount();
    },
  };
}

const alerts = (): number => document.querySelectorAll(".wall-alert").length;

describe("the wall", () => {
  it("is no larger after two hundred changes, and leaves nothing behind", async () => {
    hubWith(10);
    const timers = vi.getTimerCount();
    const { leave } = await open(WallPage, "/wall");
    await vi.waitFor(() => {
      expect(alerts()).toBe(3);
    });
    await vi.advanceTimersByTimeAsync(1000);
    const size = (): [number, number] => [document.querySelectorAll("*").length, listeners];
    const [before, running] = [size(), vi.getTimerCount()];
    for (let id = 11; id < 11 + UPDATES; id += 1) {
      hubWith(id);
      tellChange(aSummary({ id, grade: "major" }), true);
      if (id % AT_ONCE === 0) {
        await vi.advanceTimersByTimeAsync(1000);
      }
    }
    // the rows that go have their second of moving away
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => {
      expect(size()).toEqual(before);
    });
    expect(vi.getTimerCount()).toBeLessThanOrEqual(running);
    leave();
    expect(listeners).toBe(0);
    expect(vi.getTimerCount()).toBe(timers);
  }, 60_000);

  it("says before a password is typed that it is not encrypted", async () => {
    pretend({ "/api/session": { refused: "not_signed_in", status: 401 } });
    for (const secure of [true, false]) {
      vi.stubGlobal("isSecureContext", secure);
      const { leave } = await open(SignInPage, "/sign-in");
      await vi.waitFor(() => {
        expect(document.body.innerHTML).toContain('name="password"');
      }, 10_000);
      expect(document.body.innerHTML.includes("notice--danger")).toBe(!secure);
      leave();
    }
    vi.unstubAllGlobals();
  });

  it("says in large words that it is signed out, and comes back by itself once it may", async () => {
    pretend({ "/api/session": { refused: "session_expired", status: 401 } });
    const { router, leave } = await open(SignInPage, "/sign-in?back=/wall&expired=1");
    await vi.waitFor(() => {
      expect(document.body.innerHTML).toContain("sign-in__wall");
    }, 10_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(router.currentRoute.value.name).toBe("sign-in");
    pretend({});
    await vi.advanceTimersByTimeAsync(20_000);
    await vi.waitFor(() => {
      expect(router.currentRoute.value.name).toBe("wall");
    });
    leave();
  });
});
