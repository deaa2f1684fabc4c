/** The header and what stands over and beside the list, cameras and their video. */
import AwayGateway from "@/cameras/AwayGateway.vue";
import CameraFilters from "@/cameras/CameraFilters.vue";
import CameraGrid from "@/cameras/CameraGrid.vue";
import { EVERY_CAMERA } from "@/cameras/filter";
import AppHeader from "@/components/AppHeader.vue";
import AppNav from "@/components/AppNav.vue";
import CameraCard from "@/cameras/CameraCard.vue";
import CameraPicture from "@/cameras/CameraPicture.vue";
import GatewayStrip from "@/cameras/GatewayStrip.vue";
import GlanceStrip from "@/components/GlanceStrip.vue";
import LiveMarks from "@/video/LiveMarks.vue";
import LiveVideo from "@/video/LiveVideo.vue";
import LookBackKeys from "@/lookback/LookBackKeys.vue";
import LookBackPlayer from "@/lookback/LookBackPlayer.vue";
import LookBackSave from "@/lookback/LookBackSave.vue";
import LookBackTimeline from "@/lookback/LookBackTimeline.vue";
import NoticeBell from "@/components/NoticeBell.vue";
import PartsPage from "@/components/PartsPage.vue";
import SaidLine from "@/components/SaidLine.vue";
import { say } from "@/live/said";
import { followCameras } from "@/live/cameras";
import { followCity } from "@/live/city";
import { followNotices } from "@/live/notices";
import { followCounts } from "@/queue/counts";

import { following } from "./follow";
import { aDetail, ago, BOX, camera, CITY, detail, gateway, LONG } from "./samples";
import { story } from "./story";

const city = { "/api/city": { body: CITY } };
const counts = { open: 128, new: 12, handling: 74, check: 42, overdue: 3, unacknowledged: 5, unacknowledged_serious: 2, unacknowledged_major: 1 };
const zero = Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
const cameras = { "/api/cameras": { body: [camera, { ...camera, camera: "west", state: "lost" }] }, "/api/gateways": { body: [gateway] } };
const notice = { at: ago(70), kind: "escalated", case_id: 7, area: "demo", text: LONG, data: {}, read_at: null };
const account = { username: "lead", display_name: "值班长", area: "demo", unit: null, language: "zh" };
const header = following(followCounts, followCameras, followNotices);
const begin = Date.parse(ago(600)) / 1000;
const past = { since: begin, until: begin + 600, at: begin + 300, from: null, to: null, alarms: [{ started_at: ago(400), seen_at: ago(280), ended_at: ago(120) }] };

export const page = {
  AppHeader: story(AppHeader, {
    "shift lead": { props: {}, hub: { "/api/session": { body: { ...account, role: "shift_lead" } }, "/api/cases/counts": { body: counts }, ...cameras }, follow: header },
    handler: { props: {}, hub: { "/api/session": { body: { ...account, role: "handler", unit: "traffic-police", display_name: LONG } } }, follow: header },
  }),
  AppNav: story(AppNav, {
    "whoever may report": { props: {}, hub: { ...city, "/api/cases/counts": { body: counts }, ...cameras }, follow: following(followCity, followCounts, followCameras) },
    "nothing known yet": { props: {} },
  }),
  NoticeBell: story(NoticeBell, {
    none: { props: {} },
    unread: {
      props: {},
      hub: { "/api/notices": { body: { items: [{ ...notice, id: 2 }, { ...notice, id: 1, text: "2026-000007", read_at: ago(9) }, { ...notice, id: 3, case_id: null, text: "2026-11-27", read_at: ago(9) }], unread: 1, next: null } }, "/api/notices/read": { body: {} } },
      follow: following(followNotices),
      then: (root) => {
        root.querySelector("details")?.setAttribute("open", "");
      },
    },
  }),
  GlanceStrip: story(GlanceStrip, {
    loading: { props: { current: "open" } },
    busy: { props: { current: "overdue" }, hub: { "/api/cases/counts": { body: counts }, ...cameras }, follow: following(followCounts, followCameras) },
    "all done": { props: { current: "open" }, hub: { "/api/cases/counts": { body: zero }, "/api/cameras": { body: [camera] }, "/api/gateways": { body: [gateway] } }, follow: following(followCounts, followCameras) },
  }),
  GatewayStrip: story(GatewayStrip, {
    online: { props: { gateways: [gateway] } },
    away: { props: { gateways: [{ ...gateway, online: false, last_heartbeat_at: ago(4000) }] } },
    "with work waiting": { props: { gateways: [{ ...gateway, outbox: { pending: 1200, bytes: 48_000_000, refused: 2, lost: 17, aside: 0, detail: "" } }, { ...gateway, gateway: "gate-2", name_in_use: true }] } },
  }),
  CameraCard: story(CameraCard, {
    online: { props: { camera }, hub: city, follow: following(followCity) },
    lost: { props: { camera: { ...camera, state: "lost", detail: "no video for 30 s" } }, hub: city, follow: following(followCity) },
    "gateway away": { props: { camera: { ...camera, gateway_online: false } } },
    "never heard of": { props: { camera: { ...camera, state: "unknown", since: null, frames_per_second: null, looks: 0, skipped: {}, last_snapshot_at: null } } },
    "long words": { props: { camera: { ...camera, name: LONG, area_name: { zh: LONG, en: LONG } } } },
  }),
  CameraGrid: story(CameraGrid, {
    few: { props: { cameras: [camera, { ...camera, camera: "west", state: "lost" }] }, hub: city, follow: following(followCity) },
    many: { props: { cameras: [1, 2, 3, 4, 5, 6].map((n) => ({ ...camera, camera: `cam-${n}` })) }, hub: city, follow: following(followCity) },
  }),
  CameraFilters: story(CameraFilters, {
    "all are shown": { props: { cameras: [camera, { ...camera, camera: "west", state: "lost" }], modelValue: EVERY_CAMERA } },
    narrowed: { props: { cameras: [camera, { ...camera, camera: "west", state: "lost" }], modelValue: { words: "west", health: "faults", scene: "" } } },
  }),
  AwayGateway: story(AwayGateway, {
    "heard long ago": { props: { name: "gate-1", gateway: { ...gateway, online: false, last_heartbeat_at: ago(4000) }, cameras: [camera, { ...camera, camera: "west" }] } },
    "never heard of": { props: { name: LONG, gateway: undefined, cameras: [camera] } },
  }),
  CameraPicture: story(CameraPicture, {
    "not loaded": { props: { camera } },
    old: { props: { camera: { ...camera, last_snapshot_at: ago(400) } } },
    lost: { props: { camera: { ...camera, state: "lost" } } },
    "gateway away": { props: { camera: { ...camera, gateway_online: false } } },
  }),
  LiveVideo: story(LiveVideo, {
    connecting: { props: { camera, stream: "sub", marks: true, labels: true } },
    "camera lost": { props: { camera: { ...camera, state: "lost" }, stream: "sub", marks: true, labels: true } },
  }),
  LiveMarks: story(LiveMarks, {
    "box and zone": {
      props: {
        zones: [{ scene: "illegal_parking", zone: "kerb", polygon: [[0.1, 0.6], [0.9, 0.55], [0.95, 0.9], [0.05, 0.95]] }],
        objects: [{ track: 1, name: "car", score: 0.87, box: BOX }],
        ...{ age: 0.1, width: 1280, height: 720, labels: true },
      },
    },
    "boxes grown old": { props: { zones: [], objects: [{ track: 1, name: "car", score: 0.87, box: BOX }], age: 5, width: 1280, height: 720, labels: false } },
  }),
  LookBackPlayer: story(LookBackPlayer, {
    waiting: { props: { item: detail }, hub: { "/look-back": "never" } },
    refused: { props: { item: aDetail() }, hub: { "/look-back": { refused: "no_gateway", status: 409 } } },
  }),
  LookBackKeys: story(LookBackKeys, {
    still: { props: { playing: false, at: past.at, ready: true } },
    playing: { props: { playing: true, at: past.at, ready: true } },
  }),
  LookBackTimeline: story(LookBackTimeline, {
    "all kept": { props: { ...past, stretches: [[begin, begin + 600]] } },
    "with a gap and a mark": { props: { ...past, stretches: [[begin, begin + 200], [begin + 260, begin + 600]], from: begin + 280, to: begin + 380 } },
    "nothing kept": { props: { ...past, stretches: [] } },
  }),
  LookBackSave: story(LookBackSave, { "no marks": { props: { caseId: 7, from: null, to: null } }, marked: { props: { caseId: 7, from: begin, to: begin + 40 } } }),
  SaidLine: story(SaidLine, {
    "nothing done": { props: {}, isEmpty: true },
    "something done": { props: {}, then: () => { say("修改 · 烟感 SMOKE-501"); } },
  }),
  PartsPage: story(PartsPage, {
    "two parts": { props: { name: "admin", title: "admin.title", words: (part: string) => (part === "people" ? "admin.people" : "admin.areas"), parts: ["people", "areas"], part: "areas" } },
    "not one's own": { props: { name: "admin", title: "admin.title", words: () => "admin.people", parts: ["people"], part: "areas" } },
  }),
};
