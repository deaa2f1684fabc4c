import { beforeEach, describe, expect, it } from "vitest";

import type { LegalMove, LogEntry } from "@/api/types";
import { draftOf, dropAllDrafts, happenedSince, hideDraft, openDraft } from "@/live/drafts";

import { aDetail } from "./fixtures";

const move = (name: LegalMove["move"]): LegalMove => ({ move: name, needs: ["reason"], either: [], reasons: [], turns: [], units: [], callers: [], note_for_unit: null });
const line = (own: Partial<LogEntry>): LogEntry => ({
  sequence: 1,
  said_at: null, at: "2026-01-02T03:05:00Z",
  actor: "squad",
  actor_kind: "person",
  on_behalf_of: null,
  what: "accepted",
  from_state: "dispatched",
  to_state: "accepted",
  reason: "",
  reason_name: null,
  note: "",
  units: [],
  data: {},
  photo_ids: [],
  ...own,
});

describe("what somebody writes about a case", () => {
  beforeEach(dropAllDrafts);

  it("is kept while another move is chosen and while the form is hidden", () => {
    const item = aDetail({ moves: [move("reject"), move("send_back")] });
    openDraft(item, move("reject"));
    const first = draftOf(item.id);
    if (first !== null) {
      first.reason = "nothing there";
    }
    hideDraft(item.id);
    openDraft(item, move("send_back"));
    expect(draftOf(item.id)).toMatchObject({ reason: "nothing there", open: true, move: { move: "send_back" } });
    expect(draftOf(8)).toBeNull();
  });

  it("is told apart from what happened before it was begun and from what changes no state", () => {
    const before = [line({ what: "dispatched", from_state: "filed", to_state: "dispatched" })];
    openDraft(aDetail({ log: before }), move("send_back"));
    const draft = draftOf(7);
    const since = [line({ what: "alarm_updated", from_state: "dispatched", to_state: "dispatched" }), line({})];
    expect(draft === null ? [] : happenedSince(draft, aDetail({ log: [...before, ...since] }))).toEqual([since[1]]);
  });
});
