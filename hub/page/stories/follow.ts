/** What the page itself runs beside its components, begun for a story and ended after it. */
import { HubError } from "@/api/client";
import { restoreSession } from "@/session";
import { stopStream } from "@/live/stream";

/** Sign in by the road that the page takes; the stream opens, and what follows it loads. */
export function following(...begin: readonly (() => () => void)[]): () => Promise<() => void> {
  return async () => {
    const ends = begin.map((one) => one());
    await restoreSession().catch((error: unknown) => {
      if (!(error instanceof HubError)) {
        throw error;
      }
    });
    return () => {
      stopStream();
      ends.forEach((end) => {
        end();
      });
    };
  };
}
