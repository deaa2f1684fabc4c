/** What could not be had because the hub was away is asked for again once it is there: nobody has to load the page anew. */
import { onScopeDispose } from "vue";

import type { HubError } from "@/api/client";

import { onLinkOpen } from "./stream";

/** The hub, or what stands before it, gave no answer of its own. */
const isAway = ({ status }: HubError): boolean => status === 0 || status >= 502;

/** `refused`: why there is nothing now. */
export function askAgainWhenBack(refused: () => HubError | null, ask: () => unknown): void {
  const end = onLinkOpen(() => {
    const why = refused();
    if (why !== null && isAway(why)) {
      ask();
    }
  });
  onScopeDispose(end, true);
}
