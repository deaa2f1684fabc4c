import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

import { phonePlugin, WORKER } from "./phonePlugin";

const hub = process.env["SHARP_EYES_HUB"] ?? "http://127.0.0.1:8000";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [vue(), phonePlugin()],
  // relative: the hub may stand behind a proxy under a path of its own
  base: "./",
  // every component is a `<script setup>`: of Vue's other way to write them nothing is sent
  define: { __VUE_OPTIONS_API__: "false" },
  resolve: { alias: { "@": file("./src") } },
  build: {
    outDir: "../sharp_eyes/hub/web/dist",
    emptyOutDir: true,
    target: "es2022",
    // the hub allows pictures from its own address only
    assetsInlineLimit: 0,
    // kB; the largest are the map's and the charts' libraries, which are loaded when they are first needed
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: { index: file("./index.html"), [WORKER]: file("./src/offline/serviceWorker.ts") },
      // a service worker's name never changes: by it a browser finds a newer one
      output: { entryFileNames: (chunk) => (chunk.name === WORKER ? `${WORKER}.js` : "assets/[name]-[hash].js") },
    },
  },
  // `npm run dev` shows the page with live source against a running hub
  // (tests and stories read what the contract wrote, too)
  server: { proxy: { "/api": { target: hub, changeOrigin: false } }, fs: { allow: [file("../..")] } },
  // on a busy machine any test may take long; how long one took says nothing about what is tested
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"], setupFiles: ["tests/setup.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
