/** Of the build: the manifest in both languages, and in the service worker the names of the files that it keeps. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

import { messages } from "./src/i18n/messages";

/** Pages that open without network, and their words, beside what every page needs. */
const PAGES = ["TasksPage.vue", "TaskPage.vue", "UnsentPage.vue", "InspectionsPage.vue", "InspectionPage.vue", "SignInPage.vue", "AccountPage.vue", "laterMessages.ts"];
const ICONS = ["icon-192.png", "icon-512.png", "icon.svg"];
export const WORKER = "service-worker";

export function phonePlugin(): Plugin {
  return {
    name: "phone",
    apply: "build",
    generateBundle(_options, bundle) {
      const shell = new Set(ICONS);
      const add = (name: string): void => {
        const part = bundle[name];
        if (part?.type !== "chunk" || shell.has(name)) {
          return;
        }
        shell.add(name);
        part.viteMetadata?.importedCss.forEach((css) => shell.add(css));
        part.imports.forEach(add);
      };
      for (const part of Object.values(bundle)) {
        const isPage = part.type === "chunk" && PAGES.some((page) => part.facadeModuleId?.endsWith(`/${page}`));
        if (part.type === "chunk" && part.name !== WORKER && (part.isEntry || isPage)) {
          add(part.fileName);
        }
      }
      for (const [at, locale] of (["zh", "en"] as const).entries()) {
        this.emitFile({ type: "asset", fileName: `manifest.${locale}.json`, source: manifest(at, locale) });
        shell.add(`manifest.${locale}.json`);
      }
      const names = [...shell].sort();
      const worker = bundle[`${WORKER}.js`];
      if (worker?.type === "chunk") {
        const build = createHash("sha256").update(names.join()).update(worker.code).digest("hex").slice(0, 16);
        worker.code = worker.code.replaceAll("__SHELL__", JSON.stringify(names)).replaceAll("__BUILD__", JSON.stringify(build));
      }
    },
  };
}

/** Paths are relative to the manifest's own: the hub may stand under a path of its own. */
function manifest(at: number, locale: string): string {
  const name = messages["app.name"][at === 0 ? 0 : 1];
  return JSON.stringify({
    id: "./",
    name,
    short_name: name,
    description: messages["app.sub"][at === 0 ? 0 : 1],
    lang: locale,
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: "#0d1217",
    theme_color: "#141b22",
    icons: [
      { src: "icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
      { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
      { src: "icon-maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  });
}
