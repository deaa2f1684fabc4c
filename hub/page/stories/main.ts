/** The page of all components: a list of them, and each state of the chosen one in a frame of its own. */
import { createApp } from "vue";
import "@/styles/tokens.css";
import "@/styles/base.css";

import { applyTheme } from "@/theme";

import ComponentsPage from "./ComponentsPage.vue";
import { groups, stories } from "./index";
import { show } from "./stage";

applyTheme();
const root = document.getElementById("page");
const wanted = new URLSearchParams(location.search);
const one = stories[wanted.get("component") ?? ""];
const state = one?.states[wanted.get("state") ?? ""];
if (root !== null && one !== undefined && state !== undefined) {
  root.style.padding = "12px";
  void show(one, state, root);
} else if (root !== null) {
  createApp(ComponentsPage, { groups }).mount(root);
}
