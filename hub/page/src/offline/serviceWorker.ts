/**
 * Keeps the page's own files, so that it opens without network. It knows nothing of the hub's data: what a phone shows
 * without network the page keeps itself, and forgets when somebody signs out.
 */

/** Names of the files of a phone's pages, written in by the build. */
declare const __SHELL__: readonly string[];
/** Changes with each build. */
declare const __BUILD__: string;

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Clicked extends Lasting {
  readonly notification: Notification;
}
interface OpenPage {
  focus(): Promise<OpenPage>;
  navigate(url: string): Promise<OpenPage | null>;
}
interface Worker {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<OpenPage[]>; openWindow(url: string): Promise<OpenPage | null> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Clicked) => void): void;
}

const worker = globalThis as unknown as Worker;
const CACHE = `page ${__BUILD__}`;
const PATIENCE_MS = 4000;
const root = (): string => worker.registration.scope;

worker.addEventListener("install", (event) => {
  event.waitUntil(store().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname.slice(new URL(root()).pathname.length);
  if (request.method !== "GET" || !request.url.startsWith(root()) || path.startsWith("api/")) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (path.startsWith("assets/") || __SHELL__.includes(path)) {
    event.respondWith(file(request));
  }
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = typeof event.notification.data === "string" ? event.notification.data.replace(/^\//, "") : "";
  event.waitUntil(show(root() + path));
});

async function store(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(["", ...__SHELL__].map((name) => new Request(root() + name, { cache: "no-cache" })));
}

async function dropOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

/** The page from the hub; where the hub does not answer soon, the one that is kept. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const kept = await caches.match(root());
    if (kept === undefined) {
      throw error;
    }
    // it was kept as it looks from the page's own folder; under another address its files lie elsewhere
    const base = `<base href="${new URL(root()).pathname}">`;
    return new Response((await kept.text()).replace(/<base [^>]*>/, base), { headers: kept.headers });
  }
}

/** A file never changes under its name; one that is not kept yet is kept when it is used. */
async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept !== undefined) {
    return kept;
  }
  const fetched = await fetch(request);
  if (fetched.ok) {
    await (await caches.open(CACHE)).put(request, fetched.clone());
  }
  return fetched;
}

async function show(address: string): Promise<void> {
  const [open] = await worker.clients.matchAll();
  if (open === undefined) {
    await worker.clients.openWindow(address);
  } else {
    await (await open.focus()).navigate(address);
  }
}

export {};
