/**
 * Server-sent events read with fetch instead of EventSource: so that an expired session is seen as one, and a
 * connection that has gone silent (the hub says something every 15 s) is noticed and renewed.
 */
import { createParser } from "eventsource-parser";
import { ref, type Ref } from "vue";

import { hubPath } from "@/api/base";
import { HubError, signedOut, toHubError } from "@/api/client";

export interface StreamEvent {
  type: string;
  data: unknown;
  /** From where the hub goes on, should the connection end here. */
  id?: string;
}

export type LinkState = "connecting" | "open" | "lost";
type Handler = (event: StreamEvent) => void;

const REST_AFTER_MS = 20_000;
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** Reads the text of an event stream; call the returned function with each piece as it comes. */
export function eventReader(onEvent: Handler): (piece: string) => void {
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      const said: StreamEvent = { type: event ?? "message", data: JSON.parse(data) as unknown };
      onEvent(id === undefined ? said : { ...said, id });
    },
  });
  return (piece) => {
    parser.feed(piece);
  };
}

const state = ref<LinkState>("connecting");
const handlers = new Set<Handler>();
const openings = new Set<(heardAll: boolean) => void>();
let running: AbortController | null = null;
let lastId: string | null = null;

/** The state of the connection. */
export function useLink(): Readonly<Ref<LinkState>> {
  return state;
}

/** Be told of each event. Gives back the function that ends it. */
export function onStreamEvent(handler: Handler): () => void {
  handlers.add(handler);
  return () => handlers.delete(handler);
}

/**
 * Be told whenever the stream opens. Unless `heardAll`, what happened while it was not must be loaded anew; else the hub,
 * whichever of several it is now, has just told it.
 */
export function onLinkOpen(handler: (heardAll: boolean) => void): () => void {
  openings.add(handler);
  return () => openings.delete(handler);
}

/** Open the stream and keep it open until `stopStream`. */
export function startStream(): void {
  if (running === null) {
    running = new AbortController();
    state.value = "connecting";
    void keepOpen(running.signal);
  }
}

/** Close it, and forget what was heard: whoever comes next is somebody else. */
export function stopStream(): void {
  restStream();
  lastId = null;
}

function restStream(): void {
  running?.abort();
  running = null;
}

/**
 * Close the stream of a tab that has been in the background for a while, if it may rest, and open it when the tab
 * comes to the front: a browser keeps only six connections to a hub, and each open case may be a tab.
 */
export function restWhileHidden(mayRest: () => boolean): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onChange = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") {
      startStream();
    } else if (mayRest()) {
      timer = setTimeout(restStream, REST_AFTER_MS);
    }
  };
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onChange);
  };
}

async function keepOpen(stopped: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  const goesOn = (): boolean => !stopped.aborted;
  while (goesOn()) {
    try {
      await readOnce(stopped, (heardAll) => {
        wait = FIRST_WAIT_MS;
        state.value = "open";
        openings.forEach((tell) => {
          tell(heardAll);
        });
      });
    } catch (error) {
      if (error instanceof HubError && error.status === 401) {
        stopStream();
        signedOut();
        return;
      }
    }
    if (goesOn()) {
      state.value = "lost";
      await pause(wait * (0.75 + Math.random() / 2), stopped);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
}

/** Read one connection to its end. Throws when it fails, is refused, or has been silent too long. */
async function readOnce(stopped: AbortSignal, onOpen: (heardAll: boolean) => void): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => {
    silent.abort();
  }, SILENCE_MS);
  const stillThere = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent.abort();
    }, SILENCE_MS);
  };
  try {
    const response = await fetch(hubPath("/api/stream"), {
      headers: { Accept: "text/event-stream", ...(lastId === null ? {} : { "Last-Event-ID": lastId }) },
      cache: "no-store",
      signal: AbortSignal.any([stopped, silent.signal]),
    });
    if (!response.ok || response.body === null) {
      throw toHubError(response.status, await response.json().catch(() => null));
    }
    const goesOn = lastId !== null;
    if (!goesOn) {
      onOpen(false);
    }
    const read = eventReader((event) => {
      lastId = event.id ?? lastId;
      if (event.type === "reload" || (event.type === "begin" && goesOn)) {
        onOpen(event.type === "begin");
      }
      handlers.forEach((handle) => {
        handle(event);
      });
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      stillThere();
      read(part.value);
    }
  } finally {
    clearTimeout(timer);
  }
}

function pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    stopped.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
