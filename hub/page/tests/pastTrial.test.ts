import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp, type App } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";

import { setLocale } from "@/i18n/words";
import type { TriedAlarm } from "@/zones/past";
import PastTrial from "@/zones/PastTrial.vue";

const past = (id: number, fate: TriedAlarm["fate"], verdict: TriedAlarm["verdict"]): TriedAlarm => ({
  ...{ event_id: `event-${id}`, case_id: id, case_number: `2026-00000${id}`, scene: "illegal_parking", zone: "kerb" },
  ...{ started_at: "2026-01-02T03:04:05Z", picture_id: `picture-${id}`, box: null, fate, verdict },
});

let app: App;
let root: HTMLElement;
beforeEach(() => {
  setLocale("zh");
});
afterEach(() => {
  app.unmount();
  root.remove();
});

async function show(alarms: readonly TriedAlarm[]): Promise<string> {
  const page = { render: () => null };
  const routes = [
    { path: "/", name: "list", component: page },
    { path: "/cases/:id", name: "case", component: page },
  ];
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push("/");
  root = document.body.appendChild(document.createElement("div"));
  app = createApp(PastTrial, { alarms, days: 7, settings: { scenes: [{ scene: "illegal_parking", zones: [{ id: "kerb", name: "东侧路沿" }] }] } });
  app.use(router).mount(root);
  return root.textContent;
}

describe("last week's alarms under changed settings", () => {
  it("say what would be gone and what be lost, each with its picture, its case and what was said of it", async () => {
    const words = await show([past(1, "quiet", "false"), past(2, "quiet", "confirmed"), past(3, "raised", "unjudged"), past(4, "untried", "false")]);
    for (const said of ["3 条中会再告警 1 条", "最近 7 天的告警", "少 1 条误报", "会漏掉 1 条属实的告警", "另有 1 条无法推算", " · 东侧路沿"]) {
      expect(words).toContain(said);
    }
    const shown = [...root.querySelectorAll("[data-fate]")].map((one) => [one.getAttribute("data-fate"), one.querySelector("a")?.getAttribute("href"), one.querySelector("img")?.getAttribute("src")]);
    expect(shown).toEqual([
      ["quiet", "/cases/1", "/api/evidence/picture-1/small"],
      ["quiet", "/cases/2", "/api/evidence/picture-2/small"],
      ["raised", "/cases/3", "/api/evidence/picture-3/small"],
    ]);
  });

  it("claim nothing where none could be tried", async () => {
    const words = await show([past(1, "untried", "false")]);
    expect(words).not.toContain("误报");
    expect(words).toContain("另有 1 条无法推算");
  });
});
