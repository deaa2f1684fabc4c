import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const hub = process.env["SHARP_EYES_HUB"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [vue()],
  // relative: the hub may stand behind a proxy under a path of its own
  base: "./",
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../sharp_eyes/hub/web/dist",
    emptyOutDir: true,
    target: "es2022",
    // the hub allows pictures from its own address only
    assetsInlineLimit: 0,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  // `npm run dev` shows the page with live source against a running hub
  server: { proxy: { "/api": { target: hub, changeOrigin: false } } },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
