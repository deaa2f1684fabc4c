/** Makes the page one that can be installed and opens without network. */
import { watchEffect } from "vue";

import { BASE } from "@/api/base";
import { currentLocale } from "@/i18n/words";

/** A browser has service workers only on an encrypted connection, and on the machine itself. */
export function installPage(): void {
  watchEffect(() => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    if (link !== null) {
      link.href = `${BASE}manifest.${currentLocale.value}.json`;
    }
  });
  if (import.meta.env.PROD && "serviceWorker" in navigator) {
    void navigator.serviceWorker.register(`${BASE}service-worker.js`, { scope: BASE, updateViaCache: "none" });
  }
}
