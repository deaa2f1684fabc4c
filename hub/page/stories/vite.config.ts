/** `npm run components`: the page of all components in every state. It is never built and never shipped. */
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";

import page from "../vite.config";
import { pictures } from "./pictures";

const root = fileURLToPath(new URL("..", import.meta.url));

export default mergeConfig({ ...page, server: { fs: page.server?.fs } }, defineConfig({ root, plugins: [pictures()], server: { open: "/components.html" } }));
