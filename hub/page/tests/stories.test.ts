import { describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";

import { groups, stories } from "../stories";
import { show } from "../stories/stage";
import { setLocale } from "@/i18n/words";

const all = Object.keys(import.meta.glob("../src/**/*.vue")).map((path) => path.replace(/^\.\.\/src\/|\.vue$/g, "").split("/"));
/** What has no story of its own, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  App: "the whole page",
  views: "pages made of components; seen in walks through the whole page",
  AdminPage: "a page of parts, each with its own story",
  RegisterPage: "a page of parts, each with its own story",
};
const components = all.flatMap(([folder = "", name]) => (name === undefined || folder in WITHOUT || name in WITHOUT ? [] : [name]));

/** What went wrong is kept as a code: said in English, none of it is Chinese but what a story's own words are. */
const OWN_WORDS: readonly string[] = ["TroubleNote", "FormFaults"];
const troubles = (root: HTMLElement): string[] => [...root.querySelectorAll("p.notice--danger, .notice--danger > div > p:first-child")].map(({ textContent }) => textContent);

/** Many states of one component on a machine that has other work. */
const STARVED_MS = 60_000;

describe("the page of components", () => {
  it("shows every component once, but those that stand for themselves", () => {
    expect(Object.values(groups).flatMap((group) => Object.keys(group)).sort()).toEqual(components.sort());
    expect(Object.keys(WITHOUT).filter((one) => !all.some((path) => path.includes(one)))).toEqual([]);
  });

  it.each(Object.entries(stories))("shows %s in each state without a fault", async (component, one) => {
    for (const [name, state] of Object.entries(one.states).filter(([, { needsBrowser }]) => needsBrowser !== true)) {
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
        expect(isSeen(), `${name}: something is to be seen ${faults.join(" ")}`).toBe(state.isEmpty !== true);
      });
      if (name === "refused") {
        await vi.waitFor(() => {
          expect(root.querySelector("[role=alert], [role=status]"), `${name}: says so`).not.toBeNull();
        });
      }
      setLocale("en");
      await nextTick();
      const untold = OWN_WORDS.includes(component) ? [] : troubles(root).filter((words) => /\p{Script=Han}/u.test(words));
      expect(untold, `${name}: in English`).toEqual([]);
      leave();
      root.remove();
      warn.mockRestore();
      expect(faults, name).toEqual([]);
    }
  }, STARVED_MS);
});
