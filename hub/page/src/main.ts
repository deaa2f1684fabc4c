import { createApp } from "vue";

import App from "@/App.vue";
import { router } from "@/router";
import { applyTheme } from "@/theme";

import "@/styles/tokens.css";
import "@/styles/base.css";
import "@/styles/print.css";

applyTheme();
createApp(App).use(router).mount("#page");
