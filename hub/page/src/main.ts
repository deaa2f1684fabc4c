import { createApp } from "vue";

import App from "@/App.vue";
import { installPage } from "@/offline/install";
import { router } from "@/router";
import { applyTheme } from "@/theme";

import "@/styles/tokens.css";
import "@/styles/base.css";

applyTheme();
installPage();
createApp(App).use(router).mount("#page");
