import { describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import { groups, stories } from "../stories";
import { show } from "../stories/stage";
import { setLocale } from "@/i18n/words";

const all = Object.keys(import.meta.glob("../src/**/*.vue")).map((path) => path.replace(/^\.\.\/src\/|\.vue$/g, "").split("/"));
/** Folders whose components are seen in walks through the whole page alone. Views are made of components, and stand for themselves. */
const WALKED = ["App", "admin", "calls", "handover", "inspections", "keys", "map", "month", "phone", "queue", "register", "reports", "resident", "video", "views", "whistle", "zones"];
const components = all.flatMap(([folder = "", name]) => (WALKED.includes(folder) || name === undefined ? [] : [name]));

/** Many states of one component on a machine that has other work. */
const STARVED_MS = 60_000;

describe("the page of components", () => {
  it("shows every component of each folder that is not only walked, once", () => {
    expect(Object.values(groups).flatMap((group) => Object.keys(group)).sort()).toEqual(components.sort());
    expect(WALKED.filter((folder) => !all.some(([each]) => each === folder))).toEqual([]);
  });

  it.each(Object.entries(stories))("shows %s in each state without a fault", async (_name, one) => {
    for (const [name, state] of Object.entries(one.states).filter(([, { needsMap }]) => needsMap !== true)) {
      const faults: string[] = [];
      const warn = vi.spyOn(console, "warn").mockImplementation((...words) => faults.push(words.join(" ")));
      const root = document.body.appendChild(document.createElement("div"));
      setLocale("zh");
      const leave = await show(one, state, root, (app) => {
        app.config.errorHandler = (error) => faults.push(String(error));
      });
      const isSeen = (): boolean => root.textContent.trim() !== "" || root.querySelector("svg, img, video, input") !== null;
      // what is asked of the hub comes a moment later
      await vi.waitFor(() => {
        expect(isSeen(), `${name}: something is to be seen`).toBe(state.isEmpty !== true);
      });
      setLocale("en");
      await nextTick();
      leave();
      root.remove();
      warn.mockRestore();
      expect(faults, name).toEqual([]);
    }
  }, STARVED_MS);
});
