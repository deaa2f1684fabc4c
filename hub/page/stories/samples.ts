/** What the hub might say, for the stories; beside the case of the tests. */
import type { CameraView, CaseDetail, GatewayView, LegalMove, LogEntry, LookAgain } from "@/api/types";

import { aDetail, aSummary } from "../tests/fixtures";

export { aDetail, aSummary };

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export const PICTURE = "11111111-1111-4111-8111-111111111111";
export const AFTER = "22222222-2222-4222-8222-222222222222";
/** One that the hub does not have any more. */
export const GONE = "99999999-9999-4999-8999-999999999999";
export const BOX = [0.42, 0.46, 0.66, 0.74] as const;
export const LONG = "东社区花园路与第一大道交叉口西北角人行道及非机动车道共享单车临时停放点 A-17 Northwestern corner of Garden Road";

export const CITY = {
  name: { zh: "演示区", en: "Demo District" },
  timezone: "Asia/Shanghai",
  scenes: [
    { scene: "illegal_parking", name: { zh: "机动车违停", en: "Illegal parking" }, code: "0201" },
    { scene: "fire_lane_blocked", name: { zh: "消防通道占用", en: "Blocked fire lane" }, code: "0202" },
  ],
  areas: [{ path: "demo/first-street/east", name: { zh: "东社区", en: "East Community" } }],
  units: [
    { id: "traffic-police", name: { zh: "交警中队", en: "Traffic Police Squadron" } },
    { id: "property", name: { zh: "物业", en: "Property Management" } },
  ],
  roles: [
    { id: "administrator", name: { zh: "管理员", en: "Administrator" }, needs_unit: false },
    { id: "shift_lead", name: { zh: "值班长", en: "Shift lead" }, needs_unit: false },
    { id: "clerk", name: { zh: "坐席员", en: "Clerk" }, needs_unit: false },
    { id: "handler", name: { zh: "处置员", en: "Handler" }, needs_unit: true },
    { id: "grid_worker", name: { zh: "网格员", en: "Grid worker" }, needs_unit: false },
  ],
  may_report: ["resident"],
  premises_kinds: [],
  kinds: [],
  groups: [{ id: "roads", name: { zh: "道路专班", en: "Road group" }, lead: "property", units: ["traffic-police"] }],
  whistle: true,
};

export const fresh = aSummary({
  state: "reported",
  opened_at: ago(200),
  reported_at: ago(40),
  updated_at: ago(40),
  due_at: ago(-500),
  picture_id: PICTURE,
  crop_id: PICTURE,
  box: BOX,
});
export const late = aSummary({ ...fresh, id: 8, grade: "major", state: "dispatched", due_at: ago(3900), late_since: ago(3900), scene: "fire_lane_blocked" });
export const wordy = aSummary({ ...fresh, id: 9, camera_name: LONG, area_name: { zh: LONG, en: LONG }, unit_name: { zh: LONG, en: LONG } });

const piece = (id: string, kind: CaseDetail["evidence"][number]["kind"]): CaseDetail["evidence"][number] => ({
  id,
  kind,
  media_type: "image/jpeg",
  size: 80_000,
  captured_at: ago(40),
  url: `/api/evidence/${id}`,
  by: kind === "photo" ? "squad" : null,
  moment: kind === "photo" ? "after" : null,
  place: null,
});

const line = (own: Partial<LogEntry>): LogEntry => ({
  ...{ sequence: 1, at: ago(40), said_at: null, actor: "camera", actor_kind: "camera", on_behalf_of: null, what: "reported" },
  ...{ from_state: null, to_state: "reported", reason: "", reason_name: null, note: "", units: [], photo_ids: [], data: {} },
  ...own,
});

const turn: CaseDetail["assignments"][number] = {
  ...{ number: 1, unit: "traffic-police", unit_name: { zh: "交警中队", en: "Traffic Police Squadron" }, person: null },
  ...{ since: ago(1900), accepted_at: ago(1800), arrived_at: null, until: null, outcome: null, rework: false, is_lead: false },
  ...{ due_at: ago(100), late_since: ago(100) },
};

export const move = (name: LegalMove["move"], own: Partial<LegalMove> = {}): LegalMove => ({
  ...{ move: name, needs: [], either: [], reasons: [], turns: [], units: [], callers: [], note_for_unit: null },
  ...own,
});

export const REASONS: LegalMove["reasons"] = [
  { code: "not_ours", name: { zh: "不属于本级职责", en: "Not ours to handle" } },
  { code: "gone", name: { zh: "现场已恢复", en: "Gone before anybody came" } },
];

const STOOD: CaseDetail["measures"][number] = { name: "dwell", value: 312, unit: "s", threshold: 300, uncertainty: null };

/** A case in the middle of its work, with all that can hang on one. */
export const detail = aDetail({
  ...late,
  measures: [STOOD, { name: "covered", value: 0.42, unit: "1", threshold: 0.2, uncertainty: null }],
  evidence: [piece(PICTURE, "full"), piece(PICTURE.replaceAll("1", "3"), "crop"), piece(AFTER, "photo")],
  log: [
    line({}),
    line({ sequence: 2, what: "file", actor: "clerk", actor_kind: "person", from_state: "reported", to_state: "filed", at: ago(30) }),
    line({ sequence: 3, what: "dispatch", actor: "rule 4", actor_kind: "rule", from_state: "filed", to_state: "dispatched", units: ["traffic-police"], at: ago(20), note: LONG }),
  ],
  assignments: [turn, { ...turn, number: 2, unit: "property", unit_name: { zh: "物业", en: "Property Management" }, until: ago(60), outcome: "sent_back", late_since: null, rework: true }],
  clocks: [{ kind: "handle", limit: "30 min", extensions: 1, started_at: ago(1900), paused: false, due_at: ago(100), stopped_at: null, late_since: ago(100) }],
  milestones: [
    { id: "evacuated", name: { zh: "人员疏散", en: "Evacuated" }, limit: "15 minutes", due_at: null, reached_at: ago(300), unit: "police-station", unit_name: { zh: "派出所", en: "Police Station" }, late_since: null },
    { id: "sealed", name: { zh: "现场封控", en: "Sealed off" }, limit: "20 minutes", due_at: ago(60), reached_at: null, unit: null, unit_name: null, late_since: ago(60) },
  ],
  moves: [
    move("accept"),
    move("send_back", { needs: ["reason"], reasons: REASONS }),
    move("handle", { needs: ["note", "photo"] }),
    move("urge", { needs: ["note"] }),
    move("comment", { needs: ["note"] }),
  ],
});

export const camera: CameraView = {
  ...{ gateway: "gate-1", camera: "east-gate", name: "东门路口", area: "demo/first-street/east", area_name: { zh: "东社区", en: "East Community" } },
  ...{ longitude: null, latitude: null, scenes: ["illegal_parking", "fire_lane_blocked"], state: "online", since: ago(9000), detail: "" },
  ...{ frames_per_second: 25, looks: 18_230, skipped: { busy: 120, same: 8000 }, late: 0, lateness: 0, gateway_online: true },
  ...{ last_snapshot_at: ago(5), snapshot_url: null },
};

export const gateway: GatewayView = {
  ...{ gateway: "gate-1", area: "demo/first-street", area_name: { zh: "第一街道", en: "First Street" }, online: true, version: "0.9.0" },
  ...{ hub_version: "0.9.0", last_heartbeat_at: ago(3), outbox: { pending: 0, bytes: 0, refused: 0, lost: 0, aside: 0, detail: "" }, looks: null, machine: null },
  ...{ models: null, name_in_use: false, held_back: {} },
};

export const look: LookAgain = {
  ...{ asked_at: ago(90), expires_at: ago(-30), answered_at: ago(60), outcome: "gone", reason: "", before_id: PICTURE, after_id: AFTER, draft: "pass" },
};
