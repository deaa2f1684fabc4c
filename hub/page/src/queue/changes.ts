/** What became of cases: told by the stream, which carries the case itself, or by the answer to a move. */
import { hub, take } from "@/api/client";
import type { CaseSummary } from "@/api/types";
import { onStreamEvent, type StreamEvent } from "@/live/stream";

type Handler = (item: CaseSummary, isNew: boolean) => void;

const handlers = new Set<Handler>();

/** Be told of each case as it is now, and whether it has just come in. Gives back the function that ends it. */
export function onCaseChange(handler: Handler): () => void {
  handlers.add(handler);
  return () => handlers.delete(handler);
}

/** Tell everybody on this page how a case stands now. */
export function tellChange(item: CaseSummary, isNew = false): void {
  handlers.forEach((handle) => {
    handle(item, isNew);
  });
}

/** Follow the stream. Gives back the function that ends it. */
export function followCaseChanges(): () => void {
  return onStreamEvent(takeEvent);
}

interface CaseEvent {
  id: number;
  change: string;
  case?: CaseSummary;
}

function takeEvent({ type, data }: StreamEvent): void {
  if (type !== "case" || typeof data !== "object" || data === null || !("id" in data)) {
    return;
  }
  const event = data as CaseEvent;
  if (event.case !== undefined) {
    tellChange(event.case, event.change === "reported");
  } else {
    void ask(event);
  }
}

/** The hub could say only that something changed. */
async function ask({ id, change }: CaseEvent): Promise<void> {
  const page = await take(hub.GET("/api/cases", { params: { query: { id: [id], limit: 1 } } }));
  page.items.forEach((item) => {
    tellChange(item, change === "reported");
  });
}
