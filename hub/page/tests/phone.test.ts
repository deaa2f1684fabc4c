import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp, type Component } from "vue";

import type { TaskView } from "@/api/types";
import { setLocale } from "@/i18n/words";
import TaskMoves from "@/phone/TaskMoves.vue";
import TaskPlace from "@/phone/TaskPlace.vue";

import { aSummary } from "./fixtures";

const turn: TaskView["turn"] = {
  ...{ number: 1, unit: "traffic-police", unit_name: null, person: null, since: "2026-01-02T03:04:05Z" },
  ...{ accepted_at: null, arrived_at: null, until: null, outcome: null, rework: false, is_lead: true, due_at: null, late_since: null },
};
const task: TaskView = {
  ...{ case: aSummary(), turn, due_at: null, report_in_at: null, word: "", others: [], milestones: [], address: "柳桥路 12 号" },
  place: { longitude: 116.403963, latitude: 39.915119, datum: "gcj02", of: "camera" },
};

let leave = (): void => undefined;
function show(component: Component, props: Record<string, unknown>): HTMLElement {
  const root = document.body.appendChild(document.createElement("div"));
  const app = createApp(component, props);
  app.mount(root);
  leave = () => {
    app.unmount();
    root.remove();
    leave = () => undefined;
  };
  return root;
}
beforeEach(() => {
  setLocale("zh");
});
afterEach(() => {
  leave();
});

describe("the way to a task", () => {
  it("is a link that a phone's map opens, in its own datum whatever the city's is", () => {
    const link = show(TaskPlace, { task }).querySelector("a")?.getAttribute("href") ?? "";
    const [, latitude, longitude] = /^geo:([\d.]+),([\d.]+)\?q=\1,\2\(/.exec(link) ?? [];
    expect(Number(latitude)).toBeCloseTo(39.91372, 3);
    expect(Number(longitude)).toBeCloseTo(116.39772, 3);
  });

  it("is told in words where nobody knows the place", () => {
    const root = show(TaskPlace, { task: { ...task, place: null } });
    expect(root.querySelector("a")).toBeNull();
    expect(root.textContent).toContain("柳桥路 12 号");
  });
});

describe("a task's next step", () => {
  const next = (given: Partial<TaskView>): string => show(TaskMoves, { task: { ...task, ...given } }).querySelector(".moves__next")?.textContent.trim() ?? "";

  it("is to report in where a whistle was blown, else to accept, then to be there, then to be done", () => {
    const steps: Partial<TaskView>[] = [
      { report_in_at: "2026-01-02T03:34:05Z" },
      {},
      { turn: { ...turn, accepted_at: turn.since } },
      { turn: { ...turn, accepted_at: turn.since, arrived_at: turn.since } },
    ];
    const words = steps.map((one) => {
      const said = next(one);
      leave();
      return said;
    });
    expect(words).toEqual(["报到", "签收", "到场", "处置完成…"]);
  });
});
