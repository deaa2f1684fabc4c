/** What a sign-out leaves on the disk: everything that the hub has not taken, whole. */
import { describe, expect, it } from "vitest";

import { stillNeeded, type Queued } from "@/live/outbox";

const common = { by: "squad", caseId: 1, number: "1", madeAt: "", order: 1, sendsAt: 0, lasting: true, failure: null } as const;

function photo(key: string, state: Queued["state"]): Queued {
  return { ...common, key, state, kind: "photo", file: new Blob(), moment: "after", place: null, photoId: state === "sent" ? key : null };
}

describe("what is still needed", () => {
  it("is a photo that the hub has, as long as the move that names it is not sent", () => {
    const move: Queued = { ...common, key: "done", state: "waiting", kind: "move", move: "handle", body: {}, photos: ["a"] };
    const [sent, other, waiting] = [photo("a", "sent"), photo("b", "sent"), photo("c", "waiting")];
    expect(stillNeeded([sent, other, waiting, move])).toEqual([sent, waiting, move]);
    expect(stillNeeded([sent, { ...move, state: "sent" }])).toEqual([]);
  });
});
