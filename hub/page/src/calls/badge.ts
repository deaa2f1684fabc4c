/** The number of alerts that call, on the tab's icon and on the installed page's. */
import { watch } from "vue";

import { callingCount } from "./calling";

const PLAIN = document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href ?? "";

/** Follow the number. Gives back the function that ends it. */
export function followBadge(): () => void {
  const end = watch(callingCount, show, { immediate: true });
  return () => {
    end();
    show(0);
  };
}

function show(count: number): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null) {
    link.href = count > 0 ? `data:image/svg+xml,${encodeURIComponent(drawing(count))}` : PLAIN;
  }
  if ("setAppBadge" in navigator) {
    void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  }
}

function drawing(count: number): string {
  const words = count > 99 ? "99+" : String(count);
  const size = words.length > 2 ? 15 : words.length > 1 ? 19 : 23;
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#c4281c"/>' +
    `<text x="16" y="17" font-family="sans-serif" font-weight="700" font-size="${size}" fill="#fff" ` +
    `text-anchor="middle" dominant-baseline="central">${words}</text></svg>`
  );
}
