/** Administration: people, duty and who may speak to the hub. */
import { HubError } from "@/api/client";
import AdminForm from "@/admin/AdminForm.vue";
import AdminHead from "@/admin/AdminHead.vue";
import AdminList from "@/admin/AdminList.vue";
import AdminPill from "@/admin/AdminPill.vue";
import AdminRow from "@/admin/AdminRow.vue";
import AreaField from "@/admin/AreaField.vue";
import AuditLink from "@/admin/AuditLink.vue";
import ConfirmForm from "@/admin/ConfirmForm.vue";
import DeputyForm from "@/admin/DeputyForm.vue";
import DeputyList from "@/admin/DeputyList.vue";
import DutyPart from "@/admin/DutyPart.vue";
import FormFaults from "@/admin/FormFaults.vue";
import NameFields from "@/admin/NameFields.vue";
import OnceShown from "@/admin/OnceShown.vue";
import OwnPassword from "@/admin/OwnPassword.vue";
import PeoplePart from "@/admin/PeoplePart.vue";
import PersonAct from "@/admin/PersonAct.vue";
import PersonField from "@/admin/PersonField.vue";
import PersonForm from "@/admin/PersonForm.vue";
import PersonRow from "@/admin/PersonRow.vue";
import PlaceFields from "@/admin/PlaceFields.vue";
import RosterWeek from "@/admin/RosterWeek.vue";
import ShiftForm from "@/admin/ShiftForm.vue";
import ShiftRemove from "@/admin/ShiftRemove.vue";
import TokenForm from "@/admin/TokenForm.vue";
import TokensPart from "@/admin/TokensPart.vue";
import { followCity } from "@/live/city";

import { example, examples } from "./examples";
import { following } from "./follow";
import { ago, CITY, LONG } from "./samples";
import { administrator } from "./sessions";
import { asked, story, submit } from "./story";

const hub = { ...administrator, "/api/city": { body: CITY } };
const follow = following(followCity);
const within = { hub, follow };
const person = example("UserView", { username: "lead-east", display_name: "东社区值班长", area: "demo/first-street/east", unit: null });
const people = [person, { ...person, username: "gone", display_name: LONG, disabled: true, sessions: 0, last_seen_at: null }, { ...person, username: "squad", role: "handler" as const, unit: "traffic-police", second_factor: true }];
const shift = example("ShiftView", { person: { username: "lead-east", display_name: "东社区值班长" }, area: "demo/first-street/east", unit: null, role: "shift_lead", begins_at: ago(7200), ends_at: ago(-21_600), note: "" });
const night = { ...shift, id: 2, person: { username: "clerk", display_name: LONG }, role: "clerk" as const, begins_at: ago(-60_000), ends_at: ago(-100_000), note: LONG };
const days = Array.from({ length: 7 }, (_, day) => new Date(Date.now() + (day - 1) * 86_400_000));
const deputies = examples("DeputyView", { ends_at: ago(-90_000) }, { person: { username: "b", display_name: LONG }, reason: LONG, begins_at: ago(-90_000), ends_at: ago(-180_000) });
const token = example("TokenView", { name: "12345 热线平台", prefix: "se_3f9a", role: "clerk", area: "demo", unit: null, expires_at: ago(-9_000_000), last_used_at: ago(60), revoked_at: null, revoked_by: null });
const tokens = [token, { ...token, id: 2, name: LONG, last_used_at: null }, { ...token, id: 3, revoked_at: ago(5000), revoked_by: "admin" }];
const row = { id: "east", name: "东社区", sub: "demo/first-street/east", open: false };
const field = (): HTMLInputElement => Object.assign(document.createElement("input"), { name: "name" });

export const adminPeople = {
  AdminForm: story(AdminForm, {
    form: { props: { title: "添加人员", act: "添加", what: LONG }, slot: "…" },
    dangerous: { props: { title: "停用账号", act: "停用", danger: true } },
    refused: { props: { title: "添加人员", act: "添加", refused: new HubError(403, "not_allowed", "") } },
    "not yet": { props: { title: "添加人员", act: "添加", may: false } },
    done: { props: { title: "添加人员", act: "添加", done: true } },
  }),
  AdminHead: story(AdminHead, {
    title: { props: { title: "人员" } },
    "with an act": { props: { title: "人员", what: LONG, add: "添加人员" } },
  }),
  AdminList: story(AdminList, {
    loading: { props: { title: "人员", count: null } },
    none: { props: { title: "人员", count: 0, add: "添加人员" } },
    "none found": { props: { title: "人员", count: 0, searchable: true, search: "w" } },
    refused: { props: { title: "人员", count: null, error: new HubError(0, "no_connection", "") } },
    rows: { props: { title: "人员", what: LONG, count: 1, searchable: true }, slot: LONG },
  }),
  AdminPill: story(AdminPill, {
    plain: { props: {}, slot: "停用" },
    good: { props: { tone: "good" }, slot: "正常" },
    warning: { props: { tone: "warning" }, slot: "误报 40%" },
    danger: { props: { tone: "danger" }, slot: "离线" },
    accent: { props: { tone: "accent" }, slot: "建议" },
  }),
  AdminRow: story(AdminRow, {
    closed: { props: row },
    open: { props: { ...row, open: true }, slot: LONG },
    "deep and ended": { props: { ...row, depth: 2, faded: true } },
    "long words": { props: { ...row, name: LONG, sub: LONG } },
  }),
  AreaField: story(AreaField, {
    one: { props: { modelValue: "demo/first-street/east" }, ...within },
    any: { props: { modelValue: "", label: "辖区", any: "全部" }, ...within },
  }),
  AuditLink: story(AuditLink, { "an administrator's": { props: { action: "account_changed" }, ...within }, "not for this role": { props: {}, isEmpty: true, follow } }),
  ConfirmForm: story(ConfirmForm, { asks: { props: { title: "结束代班", act: "结束", what: LONG, work: () => Promise.resolve() } } }),
  DeputyForm: story(DeputyForm, { form: { props: {}, ...within } }),
  DeputyList: story(DeputyList, asked({ props: {}, ...within }, "/api/deputies", deputies, [])),
  DutyPart: story(DutyPart, asked({ props: {}, ...within }, "/api/duty/shifts", [shift, night], [])),
  FormFaults: story(FormFaults, { two: { props: { faults: [{ field: field(), name: "名称", words: "请填写" }, { field: null, name: "", words: LONG }] as never } } }),
  NameFields: story(NameFields, { empty: { props: { modelValue: { zh: "", en: "" } } }, "long words": { props: { modelValue: { zh: LONG, en: LONG } } } }),
  OnceShown: story(OnceShown, {
    password: { props: { label: "lead-east 的新密码", secret: "k7pd-qx2m-93fa-77bd" } },
    "long, with a note": { props: { label: LONG, secret: "se_".padEnd(180, "3f9a01c2"), note: LONG } },
  }),
  OwnPassword: story(OwnPassword, { empty: { props: { modelValue: "" } } }),
  PeoplePart: story(PeoplePart, asked({ props: {}, ...within }, "/api/users", people, [])),
  PersonAct: story(PersonAct, Object.fromEntries((["password", "factor", "sessions", "disable", "enable"] as const).map((kind) => [kind, { props: { kind, person }, ...within }]))),
  PersonField: story(PersonField, {
    chosen: { props: { label: "人员", modelValue: "" }, ...within, hub: { ...hub, "/api/users": { body: people } } },
    typed: { props: { label: "人员", modelValue: "lead-east" }, follow },
  }),
  PersonForm: story(PersonForm, {
    add: { props: { person: null }, ...within },
    change: { props: { person }, ...within },
    refused: {
      props: { person },
      hub: { ...hub, "/api/users/lead-east": { refused: "wrong_password", status: 403 } },
      follow,
      then: submit,
    },
  }),
  PersonRow: story(PersonRow, {
    closed: { props: { person, open: false }, ...within },
    open: { props: { person, open: true }, ...within },
    disabled: { props: { person: { ...person, disabled: true, display_name: LONG }, open: true }, ...within },
  }),
  PlaceFields: story(PlaceFields, {
    "of an area": { props: { role: "shift_lead", unit: "", area: "demo/first-street/east" }, ...within },
    "of a unit": { props: { role: "handler", unit: "traffic-police", area: "demo/first-street/east" }, ...within },
  }),
  RosterWeek: story(RosterWeek, {
    "two shifts": { props: { days, shifts: [shift, night] }, ...within },
    nobody: { props: { days, shifts: [] } },
  }),
  ShiftForm: story(ShiftForm, { form: { props: { day: days[2] ?? new Date() }, ...within } }),
  ShiftRemove: story(ShiftRemove, { asks: { props: { shift: night }, ...within } }),
  TokenForm: story(TokenForm, { form: { props: {}, ...within } }),
  TokensPart: story(TokensPart, asked({ props: {}, ...within }, "/api/tokens", tokens, [])),
};
