/** What people outside use: the handler's phone, the reporter's form, the walk through a checklist; and the papers of an office. */
import AnswerForm from "@/handover/AnswerForm.vue";
import GiveForm from "@/handover/GiveForm.vue";
import PastSheets from "@/handover/PastSheets.vue";
import SheetCases from "@/handover/SheetCases.vue";
import SheetFacts from "@/handover/SheetFacts.vue";
import SheetPaper from "@/handover/SheetPaper.vue";
import InspectionPaper from "@/inspections/InspectionPaper.vue";
import ItemPhotos from "@/inspections/ItemPhotos.vue";
import ItemStep from "@/inspections/ItemStep.vue";
import WalkOverview from "@/inspections/WalkOverview.vue";
import PlacePicker from "@/reports/PlacePicker.vue";
import ReportForm from "@/reports/ReportForm.vue";
import ReportPlace from "@/reports/ReportPlace.vue";
import FollowRequest from "@/resident/FollowRequest.vue";
import ResidentForm from "@/resident/ResidentForm.vue";
import WhistlePaper from "@/whistle/WhistlePaper.vue";
import { followCity } from "@/live/city";

import { example, examples } from "./examples";
import { following } from "./follow";
import { ago, CITY, LONG } from "./samples";
import { administrator, handler } from "./sessions";
import { asked, press, story, submit } from "./story";

const city = { "/api/city": { body: { ...CITY, may_report: ["resident", "visit"], kinds: [example("KindView")] } } };
const within = { hub: city, follow: following(followCity) };
const person = { username: "lead", display_name: "值班长" };
const taker = { username: "night", display_name: "夜班值班长" };
const given = example("HandoverSheet", { area: "demo", unit: null, giver: person, taker, on_behalf_of: null, note: LONG, taken_at: null, taken_note: "", withdrawn_at: null });
const lines = examples("SheetLine", { number: "2026-000007", scene: "illegal_parking", kind: null, area: "demo/first-street/east", place: "", waits: ["filing"] as never, claimed_by: person }, { number: "2026-000008", grade: "major", place: LONG, late_since: ago(4000), due_at: ago(4000) });
const draft = example("HandoverDraft", { area: "demo", unit: null, next: taker, takers: [taker], cases: 2, sheet: lines });
const item = example("CheckItemView", { id: "exits", name: { zh: "每层安全出口不少于两个", en: "At least two exits on each floor" }, basis: { zh: "GB 55037-2022 第7.4.1条", en: "GB 55037-2022, 7.4.1" }, photo: true });
const found = { result: null, note: "", photos: [] };
const walk = { key: "k", which: -1, name: "柳桥宾馆", items: [item, { ...item, id: "doors", name: { zh: LONG, en: LONG }, photo: false }], found: { exits: found, doors: { ...found, result: "fail" as const, note: LONG } }, step: 0 };
const inspection = example("InspectionView", { premises_name: "柳桥宾馆", area: "demo/first-street/east" });
const services = [example("ServiceView", { service_code: "leaning_tree", service_name: "树木倾斜" })];
const request = example("RequestView", { service_name: "树木倾斜", status_notes: "已派人前往处理" });
const token = example("RequestTokenView", { may_rate: true });
const rated = { "/open311/v2/requests/2026-000001.json": { body: [request] }, [`/open311/v2/tokens/${token.token}.json`]: { body: [token] } };
const list = example("WhistleListView", { area: "demo/first-street/east" });
const add = (): Promise<void> => Promise.resolve();

export const papers = {
  AnswerForm: story(AnswerForm, {
    "for whoever takes over": { props: { row: { ...given, taker: { username: "someone", display_name: "值班员" } } }, hub: administrator, follow: within.follow },
    "given by oneself": { props: { row: given }, follow: within.follow },
  }),
  GiveForm: story(GiveForm, { form: { props: { draft } }, "nobody comes next": { props: { draft: { ...draft, next: null, takers: [] } } } }),
  PastSheets: story(PastSheets, asked({ props: {}, ...within }, "/api/duty/handovers", { items: [given, { ...given, id: 13, taken_at: ago(60), taken_note: LONG }], next: null }, { items: [], next: null })),
  SheetCases: story(SheetCases, { late: { props: { group: "late", lines }, ...within }, waiting: { props: { group: "waiting", lines }, ...within } }),
  SheetFacts: story(SheetFacts, {
    facts: { props: { facts: example("ShiftFacts") }, ...within },
    "a quiet shift": { props: { facts: example("ShiftFacts", { away: [], snoozes: [], comments: [] }) } },
  }),
  SheetPaper: story(SheetPaper, {
    "what one would say now": { props: { sheet: draft }, ...within },
    given: { props: { sheet: { ...given, sheet: lines } }, ...within },
    "nothing open": { props: { sheet: { ...draft, cases: 0, sheet: [] } }, ...within },
  }),
  InspectionPaper: story(InspectionPaper, {
    "handed in": { props: { inspection }, ...within },
    "not yet": { props: { inspection: { ...inspection, submitted_at: null, premises_name: LONG } }, ...within },
  }),
  WhistlePaper: story(WhistlePaper, {
    cases: { props: { list, listAt: null }, ...within },
    none: { props: { list: { ...list, cases: [] }, listAt: ago(-9000) }, ...within },
    "a unit's own": { props: { list, listAt: null }, ...within, hub: { ...city, ...handler } },
  }),
};

export const outside = {
  ItemPhotos: story(ItemPhotos, { none: { props: { modelValue: [], add } } }),
  ItemStep: story(ItemStep, {
    open: { props: { item, add, modelValue: found } },
    passed: { props: { item, add, modelValue: { ...found, result: "pass" } } },
    failed: { props: { item: { ...item, name: { zh: LONG, en: LONG } }, add, modelValue: { ...found, result: "fail", note: LONG } } },
  }),
  WalkOverview: story(WalkOverview, { "half done": { props: { draft: walk } } }),
  PlacePicker: story(PlacePicker, { map: { props: { modelValue: null }, hub: { "/api/map": { body: example("MapView", { tiles: null }) } }, needsBrowser: true } }),
  ReportForm: story(ReportForm, {
    "of one's own": { props: {}, ...within, hub: { "/api/city": { body: { ...city["/api/city"].body, may_report: ["grid"] } } } },
    "of what others told": { props: {}, ...within },
    "without a place": { props: {}, ...within, then: submit },
  }),
  ReportPlace: story(ReportPlace, {
    "not known": { props: { spot: null, address: "" } },
    located: { props: { spot: { at: [120.519, 29.608], accuracy: 12 } as never, address: LONG } },
  }),
  FollowRequest: story(FollowRequest, {
    "being dealt with": { props: { number: "2026-000001" }, hub: rated },
    unknown: { props: { number: "2026-000009" } },
    "no network": { props: { number: "2026-000001" }, hub: { "/open311/v2/requests/2026-000001.json": { refused: "unavailable", status: 503 } } },
  }),
  ResidentForm: story(ResidentForm, {
    form: { props: { services } },
    "without a place": { props: { services }, then: submit },
    located: { props: { services }, then: press("[name=locate]") },
  }),
};
