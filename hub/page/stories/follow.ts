/** What the page itself runs beside its components, begun for a story and ended after it. */
import { restoreSession } from "@/session";
import { stopStream } from "@/live/stream";

/** Sign in by the road that the page takes; the stream opens, and what follows it loads. */
export function following(...begin: readonly (() => () => void)[]): () => () => void {
  return () => {
    const ends = begin.map((one) => one());
    void restoreSession();
    return () => {
      stopStream();
      ends.forEach((end) => {
        end();
      });
    };
  };
}
