/** Rows and the parts of a case's page. */
import CaseDuplicates from "@/case/CaseDuplicates.vue";
import CaseEvidence from "@/case/CaseEvidence.vue";
import CaseFacts from "@/case/CaseFacts.vue";
import CaseHeadline from "@/case/CaseHeadline.vue";
import CaseInspection from "@/case/CaseInspection.vue";
import CaseJoined from "@/case/CaseJoined.vue";
import CaseLog from "@/case/CaseLog.vue";
import CaseLookBack from "@/case/CaseLookBack.vue";
import CasePreview from "@/case/CasePreview.vue";
import CaseReports from "@/case/CaseReports.vue";
import CaseRow from "@/case/CaseRow.vue";
import CaseSignatures from "@/case/CaseSignatures.vue";
import CaseStanding from "@/case/CaseStanding.vue";
import CaseTurns from "@/case/CaseTurns.vue";
import CommentBox from "@/case/CommentBox.vue";
import FoundWords from "@/case/FoundWords.vue";
import LookAgainPanel from "@/case/LookAgainPanel.vue";
import MilestoneList from "@/case/MilestoneList.vue";
import ProgressSteps from "@/case/ProgressSteps.vue";
import type { Report } from "@/api/types";
import { writeComment } from "@/live/drafts";
import { followCity } from "@/live/city";
import RowPictures from "@/queue/RowPictures.vue";

import { following } from "./follow";
import { aDetail, ago, BOX, CITY, detail, fresh, late, LONG, look, PICTURE, wordy } from "./samples";
import { press, story } from "./story";

const bare = aDetail();
const city = { "/api/city": { body: CITY } };
const follow = following(followCity);
const row = { isNew: false, selected: false, gone: false, words: "" };
const joined = { ...bare, event_count: 4, joined: [] };
const clip = { since: ago(400), until: ago(380), note: LONG, asked_at: ago(100), by: "lead", gateway_online: true } as const;
const may = { case: late, position: null, metres: 14, minutes: 6, joins: "2026-000008", may_answer: true };
const report: Report = {
  ...{ key: PICTURE, source: "resident", kind: "parked_car", kind_name: { zh: "机动车违停", en: "Parked car" }, words: "堵住了出口" },
  ...{ address: "花园路 17 号", happened_at: ago(700), received_at: ago(600), by: "clerk", has_contact: true, photos: [] },
};

const found = {
  ...{ premises: 1, premises_name: "柳桥宾馆", item: { zh: "每层安全出口不少于两个", en: "At least two exits on each floor" } },
  ...{ basis: { zh: "GB 55037-2022 第7.4.1条", en: "GB 55037-2022, 7.4.1" }, listed_since: null },
};

export const cases = {
  CaseRow: story(CaseRow, {
    new: { props: { ...row, item: fresh, isNew: true }, hub: city, follow },
    selected: { props: { ...row, item: fresh, selected: true }, hub: city, follow },
    late: { props: { ...row, item: { ...late, escalated: { at: ago(60), clock: "handle", told: ["值班长"] } } }, hub: city, follow },
    "left the list": { props: { ...row, item: fresh, gone: true }, hub: city, follow },
    found: { props: { ...row, item: fresh, words: "0007" }, hub: city, follow },
    "long words": { props: { ...row, item: wordy }, hub: city, follow },
    "without a picture": { props: { ...row, item: { ...fresh, picture_id: null, crop_id: null } }, hub: city, follow },
  }),
  CaseStanding: story(CaseStanding, {
    new: { props: { item: fresh, gone: false } },
    late: { props: { item: late, gone: false } },
    "left the list": { props: { item: fresh, gone: true } },
    "long words": { props: { item: wordy, gone: false } },
  }),
  FoundWords: story(FoundWords, {
    number: { props: { item: fresh, words: "0007" } },
    "in a comment": { props: { item: { ...fresh, noted: LONG }, words: "garden" } },
  }),
  CaseHeadline: story(CaseHeadline, {
    new: { props: { item: fresh }, hub: city, follow },
    late: { props: { item: late }, hub: city, follow },
    "names not loaded": { props: { item: fresh } },
  }),
  CasePreview: story(CasePreview, {
    chosen: { props: { caseId: 8 }, hub: { ...city, "/api/cases/8": { body: detail } }, follow },
    loading: { props: { caseId: 8 }, hub: { "/api/cases/8": "never" } },
    refused: { props: { caseId: 8 }, hub: { "/api/cases/8": { refused: "internal", status: 500 } } },
    "nothing chosen": { props: { caseId: null } },
  }),
  CaseEvidence: story(CaseEvidence, { pictures: { props: { item: detail }, hub: city, follow }, none: { props: { item: bare } } }),
  CaseFacts: story(CaseFacts, { facts: { props: { item: detail }, hub: city, follow }, "long words": { props: { item: { ...detail, ...wordy } } } }),
  CaseTurns: story(CaseTurns, { "two units": { props: { item: detail } }, none: { props: { item: bare }, isEmpty: true } }),
  MilestoneList: story(MilestoneList, { "reached and late": { props: { milestones: detail.milestones, state: detail.state } } }),
  CaseLog: story(CaseLog, { lines: { props: { item: detail }, hub: city, follow }, empty: { props: { item: bare } } }),
  CaseInspection: story(CaseInspection, {
    failed: { props: { found } },
    listed: { props: { found: { ...found, premises_name: LONG, listed_since: ago(90_000) } } },
  }),
  CaseJoined: story(CaseJoined, {
    loading: { props: { item: joined }, hub: { "/events": "never" } },
    refused: { props: { item: joined }, hub: { "/events": { refused: "internal", status: 500 } } },
    "without pictures": { props: { item: joined }, hub: { "/events": { body: { items: [], next: null } } } },
  }),
  CaseLookBack: story(CaseLookBack, {
    closed: { props: { item: bare } },
    "saved, waiting, lost": {
      props: {
        item: {
          ...bare,
          saved_clips: [
            { ...clip, id: "a", state: "waiting", reason: null },
            { ...clip, id: "b", state: "refused", reason: "not_kept" },
            { ...clip, id: PICTURE, state: "waiting", reason: null, gateway_online: false },
          ],
        },
      },
    },
  }),
  RowPictures: story(RowPictures, {
    "scene and crop": { props: { item: fresh }, hub: city, follow },
    "the crop alone": { props: { item: { ...fresh, picture_id: null } }, hub: city, follow },
    none: { props: { item: { ...fresh, picture_id: null, crop_id: null } }, hub: city, follow },
  }),
  CaseSignatures: story(CaseSignatures, { "on paper": { props: {} } }),
  CommentBox: story(CommentBox, {
    empty: { props: { item: bare }, follow },
    written: {
      props: { item: { ...bare, id: 70 } },
      follow: () => {
        writeComment(70, LONG);
        return () => {
          writeComment(70, "");
        };
      },
    },
  }),
  LookAgainPanel: story(LookAgainPanel, {
    waiting: { props: { look: { ...look, answered_at: null, outcome: null, draft: null }, state: "handled", box: null } },
    gone: { props: { look, state: "handled", box: BOX } },
    "still there": { props: { look: { ...look, outcome: "holds", draft: "fail" }, state: "handled", box: BOX } },
    unsure: { props: { look: { ...look, outcome: "unsure", draft: "unsure" }, state: "checked", box: BOX } },
  }),
  CaseDuplicates: story(CaseDuplicates, {
    "may be one thing": { props: { item: { ...detail, duplicates: [may] } }, hub: city, follow },
    "somebody else answers": { props: { item: { ...detail, duplicates: [{ ...may, case: wordy, may_answer: false }] } }, hub: city, follow },
  }),
  CaseReports: story(CaseReports, {
    refused: { props: { reports: [report] }, hub: { "/contact": { refused: "not_allowed", status: 403 } }, then: press("button") },
    "with a telephone": { props: { reports: [report] }, hub: { [`/api/reports/${PICTURE}/contact`]: { body: { name: "", phone: "13800000000" } } } },
    "long words": { props: { reports: [{ ...report, words: LONG, address: LONG, has_contact: false, by: "grid-1" }] } },
  }),
  ProgressSteps: story(ProgressSteps, {
    new: { props: { item: { ...bare, ...fresh } } },
    "on its way": { props: { item: detail } },
    closed: { props: { item: { ...detail, state: "closed" } } },
  }),
};
