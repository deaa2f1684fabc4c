/** What is done with a case, and how it is undone. */
import CallBackFields from "@/case/CallBackFields.vue";
import CaseActions from "@/case/CaseActions.vue";
import CaseDraft from "@/case/CaseDraft.vue";
import ClaimButton from "@/case/ClaimButton.vue";
import HoldButton from "@/case/HoldButton.vue";
import HoldForm from "@/case/HoldForm.vue";
import MoveButtons from "@/case/MoveButtons.vue";
import MoveDetails from "@/case/MoveDetails.vue";
import MoveForm from "@/case/MoveForm.vue";
import PendingMoves from "@/case/PendingMoves.vue";
import PhotoField from "@/case/PhotoField.vue";
import PhotoStrip from "@/components/PhotoStrip.vue";
import SnoozeButton from "@/case/SnoozeButton.vue";
import SplitAlarms from "@/case/SplitAlarms.vue";
import WhistleUnits from "@/case/WhistleUnits.vue";
import { followCity } from "@/live/city";
import { followDesks } from "@/live/desks";
import { dropDraft, openDraft, type Draft } from "@/live/drafts";
import { forgetMove, moveSoon, pendingMoves } from "@/live/pendingMoves";

import { following } from "./follow";
import { aDetail, AFTER, ago, CITY, detail, LONG, move, PICTURE, REASONS } from "./samples";
import { story, type State } from "./story";

const bare = aDetail();
const hub = { "/api/city": { body: CITY } };
const follow = following(followCity);
const steps = [move("dispatch"), move("look_again"), move("reject")];
const more: Draft["more"] = { until: "", grade: "", stars: 0, other: "", turn: "", granted: false, anyway: false, units: [], group: "", report: "", reached: true, milestone: "", alarms: [] };
const draft: NonNullable<typeof bare.draft> = {
  ...{ number: 1, move: "handle", reason: "gone", reason_name: { zh: "现场已恢复", en: "Gone before anybody came" }, may_confirm: true, may_decline: true },
  ...{ text: { zh: "摄像头已连续十分钟未见该车辆。", en: "The camera has not seen the vehicle for ten minutes." }, turns: [] },
};

/** A form is open because somebody began to write. */
function writing(id: number, name: Parameters<typeof move>[0]): State<{ item: typeof bare; busy: boolean }> {
  const item = { ...detail, id };
  const wanted = move(name, { needs: ["reason", "note", "unit", "photo"], reasons: REASONS });
  return {
    props: { item, busy: false },
    hub,
    follow: async () => {
      const end = await follow();
      openDraft(item, wanted);
      return () => {
        end();
        dropDraft(id);
      };
    },
  };
}

function pending(id: number): () => () => void {
  return () => {
    moveSoon({ id, number: "2026-000007" }, "accept", () => undefined);
    return () => {
      pendingMoves.value.forEach(({ key }) => {
        forgetMove(key);
      });
    };
  };
}

export const moves = {
  CaseActions: story(CaseActions, {
    "my turn": { props: { item: detail }, hub: { ...hub, "/api/session": { body: { username: "squad", display_name: "交警一组", role: "handler", area: "demo", unit: "traffic-police", language: "zh" } } }, follow },
    "somebody else's": { props: { item: { ...detail, id: 71 } }, hub, follow },
    "nothing to do": { props: { item: bare } },
  }),
  MoveButtons: story(MoveButtons, {
    "one leads on": { props: { moves: steps, main: "dispatch", open: null, idle: () => false } },
    "a form is open": { props: { moves: steps, main: "dispatch", open: "reject", idle: () => false } },
    "not now": { props: { moves: steps, main: "dispatch", open: null, idle: () => true } },
    'under "more"': { props: { moves: [move("urge"), move("comment")], open: null, quiet: true, idle: () => false } },
  }),
  CallBackFields: story(CallBackFields, {
    "one reporter": { props: { item: bare, callers: ["one"], modelValue: { ...more, stars: 4 } } },
    "several reporters": { props: { item: bare, callers: ["one", "other"], modelValue: more } },
    "not reached": { props: { item: bare, callers: ["one"], modelValue: { ...more, reached: false } } },
  }),
  CaseDraft: story(CaseDraft, {
    proposed: { props: { caseId: 7, draft }, hub, follow },
    "for several units": { props: { caseId: 7, draft: { ...draft, turns: ["traffic-police", "property"] } }, hub, follow },
    "of others": { props: { caseId: 7, draft: { ...draft, may_confirm: false, may_decline: false, text: { zh: LONG, en: LONG } } }, hub, follow },
  }),
  SnoozeButton: story(SnoozeButton, { closed: { props: { item: bare } } }),
  SplitAlarms: story(SplitAlarms, {
    loading: { props: { caseId: 7, modelValue: [] }, hub: { "/events": "never" } },
    refused: { props: { caseId: 7, modelValue: [] }, hub: { "/events": { refused: "internal", status: 500 } } },
    chosen: {
      props: { caseId: 7, modelValue: ["b"] },
      hub: { "/events": { body: { items: ["a", "b"].map((id) => ({ event_id: id, started_at: ago(400), phase: "opened", camera_name: LONG, zone: "kerb", zone_name: null, evidence: [] })), next: "a" } } },
    },
  }),
  ClaimButton: story(ClaimButton, {
    free: { props: { caseId: 7 } },
    taken: {
      props: { caseId: 8 },
      hub: { "/api/desks": { body: [{ case: 8, people: [], claimed_by: { username: "lead", display_name: "值班长" } }] } },
      follow: following(followDesks),
    },
  }),
  HoldButton: story(HoldButton, { free: { props: { caseId: 7, number: bare.number, held: false } }, held: { props: { caseId: 7, number: bare.number, held: true } } }),
  HoldForm: story(HoldForm, { set: { props: { caseId: 7, held: false, target: true } }, end: { props: { caseId: 7, held: true, target: false } } }),
  MoveDetails: story(MoveDetails, {
    "a day": { props: { move: move("suspend", { needs: ["until"] }), modelValue: more } },
    "a grade": { props: { move: move("regrade", { needs: ["grade"] }), modelValue: more } },
    "a group": { props: { move: move("hand_to_group", { needs: ["group"] }), modelValue: more }, hub, follow },
    stars: { props: { move: move("rate", { needs: ["stars"] }), modelValue: { ...more, stars: 3 } } },
    "another case": { props: { move: move("merge", { needs: ["case"] }), modelValue: more } },
    "a milestone": { props: { move: move("reach", { needs: ["milestone"] }), modelValue: more, milestones: detail.milestones } },
    nothing: { props: { move: move("accept"), modelValue: more }, isEmpty: true },
  }),
  MoveForm: story(MoveForm, { "all fields": writing(72, "send_back"), dispatch: writing(73, "dispatch") }),
  PendingMoves: story(PendingMoves, { "can be undone": { props: {}, follow: pending(74) }, nothing: { props: {}, isEmpty: true } }),
  PhotoField: story(PhotoField, {
    empty: { props: { caseId: 7, modelValue: [] } },
    "two photos": { props: { caseId: 7, modelValue: [PICTURE, AFTER].map((id) => ({ id, url: `/api/evidence/${id}` })) } },
  }),
  PhotoStrip: story(PhotoStrip, {
    empty: { props: { photos: [], alt: "photo", add: () => undefined } },
    "two photos": { props: { photos: [PICTURE, AFTER].map((id) => `/api/evidence/${id}`), alt: "photo", add: () => undefined } },
  }),
  WhistleUnits: story(WhistleUnits, {
    "sponsors of the area": { props: { area: "demo/first-street/east", modelValue: [] }, hub: { ...hub, "/api/sponsors": { body: [{ area: "demo/first-street", unit: "property" }] } }, follow },
    "no sponsor": { props: { area: "demo/first-street/east", modelValue: ["traffic-police"] }, hub: { ...hub, "/api/sponsors": { body: [] } }, follow },
  }),
};
