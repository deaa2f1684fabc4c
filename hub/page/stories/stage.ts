/** Shows one state of a component, by itself. */
import { createApp, h, type App } from "vue";
import { createMemoryHistory, createRouter, RouterView } from "vue-router";

import { laterWords } from "@/i18n/words";
import { router as real } from "@/router";

import { pretend } from "./pretendHub";
import type { State, Story } from "./story";

/** A story stands on a page of its own: some components ask before theirs is left. */
const HERE = "/story";

/** Stands on the page until `leave` is called; links go nowhere. */
export async function show(one: Story, state: State<object>, root: HTMLElement, prepare: (app: App) => void = () => undefined): Promise<() => void> {
  await laterWords();
  pretend(state.hub ?? {});
  const end = await state.follow?.();
  // what is asked on the way has come when the component stands there
  await new Promise((resolve) => setTimeout(resolve));
  const nowhere = { template: "", render: () => null };
  const routes = real.getRoutes().map(({ path, name }) => ({ path, component: nowhere, ...(name === undefined ? {} : { name }) }));
  const shown = { render: () => h(one.component, state.props, state.slot === undefined ? undefined : { default: () => state.slot }) };
  const router = createRouter({ history: createMemoryHistory(), routes: [...routes, { path: HERE, component: shown }] });
  await router.push(HERE);
  const app = createApp(RouterView);
  prepare(app);
  app.use(router).mount(root);
  await new Promise((resolve) => setTimeout(resolve));
  state.then?.(root);
  return () => {
    app.unmount();
    end?.();
  };
}
