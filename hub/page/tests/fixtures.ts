/** A case as the hub describes one, checked against the hub's own types. */
import type { CaseDetail, CaseSummary, Measure } from "@/api/types";

/** What a camera measured, of the case below. */
export const MEASURE: Measure = { name: "dwell", value: 9, unit: "s", threshold: 8, uncertainty: 0.4 };

const summary: CaseSummary = {
  id: 7,
  number: "2026-000007",
  event_id: "0b8f0d4e-6f1d-4c55-9d4b-0a8c1de3a001",
  source: "camera",
  scene: "illegal_parking",
  kind: null,
  kind_name: null,
  place: "",
  longitude: null,
  latitude: null,
  code: null,
  state: "dispatched",
  grade: "serious",
  gateway: "gate-1",
  camera: "east-gate",
  camera_name: "东门",
  area: "demo/first-street/east",
  area_name: { zh: "东社区", en: "East Community" },
  zone: "kerb",
  unit: "traffic-police",
  unit_name: { zh: "交警中队", en: "Traffic Police Squadron" },
  opened_at: "2026-01-02T03:04:05Z",
  reported_at: "2026-01-02T03:04:06Z",
  updated_at: "2026-01-02T03:04:07Z",
  due_at: "2026-01-02T03:34:07Z",
  late_since: null,
  suspended_until: null,
  event_phase: "opened",
  event_count: 1,
  legal_hold: false,
  main_measure: MEASURE,
  score: 0.81,
  measured_on_real: false,
  picture_id: null,
  crop_id: null,
  verdict: null,
  rank: 101767324847,
  acknowledged_at: null,
  escalated: null,
  box: [0.1, 0.2, 0.3, 0.4],
};

/** A summary with some fields of its own. */
export function aSummary(own: Partial<CaseSummary> = {}): CaseSummary {
  return { ...summary, ...own };
}

/** A detail with some fields of its own. */
export function aDetail(own: Partial<CaseDetail> = {}): CaseDetail {
  return {
    ...summary,
    zone_name: null,
    position: null,
    reports: [],
    duplicates: [],
    inspection: null,
    measures: [MEASURE],
    evidence: [],
    saved_clips: [],
    joined: [],
    log: [],
    moves: [],
    look_again: null,
    draft: null,
    calling: null,
    object_class: "car",
    ended_at: null,
    assignments: [],
    clocks: [],
    milestones: [],
    counts: {},
    supervision_open: false,
    extension_asked_by: null,
    merged_into: null,
    rating: null,
    left_to_lead: null,
    passed_to: null,
    ...own,
  };
}
