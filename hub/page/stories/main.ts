/** The page of all components: a list of them, and each state of the chosen one in a frame of its own. */
import { groups, stories } from "./index";

import { createApp } from "vue";

import ComponentsPage from "./ComponentsPage.vue";
import { show } from "./stage";
import { applyTheme } from "@/theme";

import "@/styles/tokens.css";
import "@/styles/base.css";

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
