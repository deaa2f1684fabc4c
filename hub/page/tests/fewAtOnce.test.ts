import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, shallowRef } from "vue";

import { fewAtOnce } from "@/queue/fewAtOnce";

const scope = effectScope();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["requestAnimationFrame", "cancelAnimationFrame"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what is dear to draw", () => {
  it("comes a few a frame from the head on, and what stands there already stays", async () => {
    const wanted = shallowRef([1, 2, 3, 4, 5, 6, 7]);
    const drawn = scope.run(() => fewAtOnce(wanted, (one) => one, 3));
    expect(drawn?.value).toEqual([1, 2, 3]);
    vi.advanceTimersToNextFrame();
    expect(drawn?.value).toEqual([1, 2, 3, 4, 5, 6]);
    vi.advanceTimersToNextFrame();
    expect(drawn?.value).toEqual(wanted.value);
    wanted.value = [8, 2, 3, 4, 5, 6, 9, 10, 11];
    await nextTick();
    expect(drawn?.value).toEqual([8, 2, 3, 4, 5, 6, 9, 10]);
    vi.advanceTimersToNextFrame();
    expect(drawn?.value).toEqual(wanted.value);
    wanted.value = [];
    await nextTick();
    expect(drawn?.value).toEqual([]);
    scope.stop();
  });
});
