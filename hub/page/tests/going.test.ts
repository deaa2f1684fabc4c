import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, type EffectScope } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";

import { useGoing } from "@/live/going";

const empty = { render: () => null };
let scope: EffectScope;

beforeEach(() => {
  vi.useFakeTimers();
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

describe("a page that is on its way", () => {
  it("is said once it takes long, and no more when it is there or cannot be loaded", async () => {
    let arrive: (page: typeof empty) => void = () => undefined;
    let fail: (why: Error) => void = () => undefined;
    const slow = (): Promise<typeof empty> => new Promise((done, failed) => { [arrive, fail] = [done, failed]; });
    const routes = [{ path: "/", component: empty }, { path: "/slow", component: slow }, { path: "/broken", component: () => slow() }];
    const router = createRouter({ history: createMemoryHistory(), routes });
    const going = scope.run(() => useGoing(router));
    await router.push("/");
    await vi.advanceTimersByTimeAsync(1000);
    expect(going?.value).toBe(false);

    const arrived = router.push("/slow");
    await vi.advanceTimersByTimeAsync(100);
    expect(going?.value).toBe(false);
    await vi.advanceTimersByTimeAsync(300);
    expect(going?.value).toBe(true);
    arrive(empty);
    await arrived;
    expect(going?.value).toBe(false);

    const broken = router.push("/broken").catch(() => undefined);
    await vi.advanceTimersByTimeAsync(400);
    expect(going?.value).toBe(true);
    fail(new Error("no such file"));
    await broken;
    expect(going?.value).toBe(false);
  });
});
