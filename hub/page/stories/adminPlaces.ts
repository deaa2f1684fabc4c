/** Administration: areas, the city pack, gateways and their cameras. */
import AreaEnd from "@/admin/AreaEnd.vue";
import AreaForm from "@/admin/AreaForm.vue";
import AreaOutline from "@/admin/AreaOutline.vue";
import AreasFile from "@/admin/AreasFile.vue";
import AreasPart from "@/admin/AreasPart.vue";
import CalendarEffect from "@/admin/CalendarEffect.vue";
import CalendarHours from "@/admin/CalendarHours.vue";
import CalendarMonth from "@/admin/CalendarMonth.vue";
import CalendarPart from "@/admin/CalendarPart.vue";
import CalendarSave from "@/admin/CalendarSave.vue";
import CameraAdded from "@/admin/CameraAdded.vue";
import CameraAdding from "@/admin/CameraAdding.vue";
import CameraCommands from "@/admin/CameraCommands.vue";
import CameraFinding from "@/admin/CameraFinding.vue";
import CameraLoginFields from "@/admin/CameraLoginFields.vue";
import CameraRemove from "@/admin/CameraRemove.vue";
import CityDifferences from "@/admin/CityDifferences.vue";
import CityImport from "@/admin/CityImport.vue";
import CityPart from "@/admin/CityPart.vue";
import GatewayCameras from "@/admin/GatewayCameras.vue";
import GatewayChange from "@/admin/GatewayChange.vue";
import GatewayInvite from "@/admin/GatewayInvite.vue";
import GatewayRow from "@/admin/GatewayRow.vue";
import GatewaysPart from "@/admin/GatewaysPart.vue";
import OutlineField from "@/admin/OutlineField.vue";
import SetupProblem from "@/admin/SetupProblem.vue";
import UnitsPanel from "@/admin/UnitsPanel.vue";
import { followCameras } from "@/live/cameras";
import { followCity } from "@/live/city";

import { example } from "./examples";
import { following } from "./follow";
import { ago, camera, CITY, gateway, LONG } from "./samples";
import { administrator } from "./sessions";
import { asked, story } from "./story";

const hub = { ...administrator, "/api/city": { body: CITY }, "/api/map": { body: example("MapView", { tiles: null, cases: [] }) } };
const follow = following(followCity);
const within = { hub, follow };
const area = example("AreaFeature", {
  id: "demo.first-street.east",
  properties: { path: "demo/first-street/east", name: { zh: "柳桥东社区", en: "Liuqiao East Community" }, parent: "demo.first-street" },
});
const street = { ...area, id: "demo.first-street", geometry: null, properties: { path: "demo/first-street", name: { zh: "第一街道", en: "First Street" }, parent: null } };
const long = { ...area, id: "demo.first-street.long", geometry: null, properties: { ...area.properties, path: "demo/first-street/long", name: { zh: LONG, en: LONG } } };
const areas = example("AreaCollection", { features: [street, area, long] });
const seen = { codec: "hevc", width: 2560, height: 1440, rate: 25, keyframes: 1 };
const added = example("Addition", { model: "DS-2CD2T47", clock_offset: 1, main: seen, sub: { ...seen, codec: "h264", width: 640, height: 360 } });
const report = example("SetupReport", { state: "done", problem: null, reason: "", added: null });
const foundCameras = [
  { address: "rtsp://192.0.2.15:554", name: "东门枪机", model: "DS-2CD2T47", place: "东门", known: null },
  { address: "http://192.0.2.16", name: "", model: "", place: "", known: "west" },
  { address: "http://192.0.2.17", name: LONG, model: LONG, place: LONG, known: null },
];
const login = { address: "rtsp://192.0.2.15", camera: "east-gate", name: "东门", area: "demo/first-street/east", username: "", password: "", channel: "", why: "" };
const away = { ...gateway, gateway: "gate-2", online: false, last_heartbeat_at: ago(4000), outbox: { pending: 1200, bytes: 48_000_000, refused: 2, lost: 17, aside: 0, detail: "" } };
const seenBy = (...cameras: (typeof camera)[]): typeof within => ({
  hub: { ...hub, "/api/cameras": { body: cameras } as never, "/api/gateways": { body: [gateway, away] } as never } as never,
  follow: following(followCity, followCameras),
});
const pack = example("CityPackView", { name: { zh: "云溪区", en: "Yunxi District" }, text: "areas: []" });
const check = example("CityPackCheck", {
  differences: [
    { part: "units", added: [{ id: "parks-north", name: { zh: "园林所北队", en: "Parks Office, north" } }], changed: [], removed: [{ id: "parks", name: { zh: LONG, en: LONG } }] },
    { part: "rules", added: [], changed: [{ id: "illegal_parking demo/first-street/east", name: null }], removed: [] },
    { part: "calendar", added: [], changed: [], removed: [] },
  ],
  name: { zh: "云溪区", en: "Yunxi District" },
  faults: [],
  lost: [],
});
const holds = [{ kind: "open_cases", count: 7, names: ["2026-000017", LONG] }, { kind: "cameras", count: 1, names: ["gate-1/east-gate"] }];
const calendar = { years: [2026, 2027], weekdays: [1, 2, 3, 4, 5], hours: ["09:00-12:00", "13:30-17:30"], holidays: ["2026-10-01", "2026-10-02"], swapped: ["2026-10-10"] };
const calendarView = example("CalendarView", { calendar, missing_years: [2028], today: "2026-10-12" });
const trial = example("CalendarTrial", { stuck: [] });
const importing = { props: { name: "city.yaml", text: "areas:\n  - path: demo/a/b\n    name: B", version: 3 }, ...within };

export const adminPlaces = {
  AreaEnd: story(AreaEnd, {
    ...asked({ props: { kind: "merge", area, areas }, ...within }, "/contents", { holds }, { holds: [] }),
    "retire what is in use": { props: { kind: "retire", area: long, areas }, ...within, hub: { ...hub, "/contents": { body: { holds } } } },
  }),
  AreaForm: story(AreaForm, { add: { props: { kind: "add", area: street, areas, isTop: true } }, rename: { props: { kind: "rename", area: long, areas, isTop: false } } }),
  AreaOutline: story(AreaOutline, { outline: { props: { kind: "outline", area, areas }, ...within, needsBrowser: true }, split: { props: { kind: "split", area, areas }, ...within, needsBrowser: true } }),
  AreasFile: story(AreasFile, {
    "what it would change": { props: { text: JSON.stringify({ ...areas, features: [street, { ...area, id: undefined, properties: { ...area.properties, path: "demo/first-street/new" } }] }), areas } },
    "no such file": { props: { text: "{", areas } },
  }),
  AreasPart: story(AreasPart, asked({ props: {}, ...within }, "/api/areas", areas, { ...areas, features: [] })),
  CalendarEffect: story(CalendarEffect, {
    "deadlines move": { props: { trial }, ...within },
    "none moves": { props: { trial: { ...trial, cases: 0, moved: [] } } },
    "a year is missing": { props: { trial: { ...trial, stuck: ["2026-000017"], left_out: 12 } }, ...within },
  }),
  CalendarHours: story(CalendarHours, { hours: { props: { calendar } } }),
  CalendarMonth: story(CalendarMonth, {
    october: { props: { year: 2026, month: 10, calendar, before: calendar, today: "2026-10-12", at: "2026-10-01" } },
    "with changes": { props: { year: 2026, month: 10, calendar, before: { ...calendar, holidays: [], swapped: [] }, today: "2026-09-12", at: "2026-10-01" } },
  }),
  CalendarPart: story(CalendarPart, asked({ props: {}, ...within }, "/api/calendar", calendarView, { ...calendarView, calendar: null, calendar_version: null })),
  CalendarSave: story(CalendarSave, asked({ props: { calendar, version: 3, changes: ["2026年10月1日周四，放假"] }, ...within }, "/api/calendar/try", trial)),
  CameraAdded: story(CameraAdded, {
    "picture on its way": { props: { gateway: "gate-1", camera: "east-gate", added } },
    "something to mend": { props: { gateway: "gate-1", camera: "east-gate", added: { ...added, model: LONG, clock_offset: 400, sub: { ...seen, keyframes: 8 } } } },
  }),
  CameraAdding: story(CameraAdding, {
    looking: { props: { gateway }, ...within, hub: { ...hub, "/camera-searches": "never" } },
    refused: { props: { gateway }, ...within, hub: { ...hub, "/camera-searches": { refused: "gateway_away", status: 409 } } },
  }),
  CameraCommands: story(CameraCommands, { commands: { props: { gateway } } }),
  CameraFinding: story(CameraFinding, {
    looking: { props: { search: null, busy: true, modelValue: "" } },
    found: { props: { search: { ...report, found: foundCameras }, busy: false, modelValue: "" } },
    none: { props: { search: { ...report, found: [] }, busy: false, modelValue: "" } },
    "not allowed": { props: { search: { ...report, state: "refused", problem: "not_allowed" }, busy: false, modelValue: "" } },
  }),
  CameraLoginFields: story(CameraLoginFields, {
    one: { props: { busy: false, channels: [], modelValue: login }, ...within },
    "several channels": { props: { busy: false, channels: ["1", "2"], modelValue: { ...login, name: LONG } }, ...within },
    "being signed in": { props: { busy: true, channels: [], modelValue: login }, ...within },
  }),
  CameraRemove: story(CameraRemove, { asks: { props: { camera } } }),
  CityDifferences: story(CityDifferences, { some: { props: { items: check.differences }, ...within }, same: { props: { items: [] } } }),
  CityImport: story(CityImport, {
    "an earlier version": { ...importing, props: { ...importing.props, back: true }, hub: { ...hub, "/api/city/pack/check": { body: check } } },
    ...asked(importing, "/api/city/pack/check", check),
    "with faults": { ...importing, hub: { ...hub, "/api/city/pack/check": { body: { ...check, name: null, faults: [{ place: "areas[0]", line: 2, words: LONG, code: "no_parent", values: { parent: "demo/a", path: "demo/a/b" } }] } } } },
    "would lose something": { ...importing, hub: { ...hub, "/api/city/pack/check": { body: { ...check, lost: ["unit parks: 3 open cases"] } } } },
  }),
  CityPart: story(CityPart, asked({ props: {}, ...within }, "/api/city/pack", pack)),
  GatewayCameras: story(GatewayCameras, {
    two: { props: { cameras: [camera, { ...camera, camera: "west", name: LONG, state: "lost" }] }, ...within },
    none: { props: { cameras: [] } },
  }),
  GatewayChange: story(GatewayChange, { move: { props: { kind: "move", gateway }, ...within }, remove: { props: { kind: "remove", gateway }, ...within } }),
  GatewayInvite: story(GatewayInvite, {
    "let in": { props: { gateway: null }, ...within },
    "another password": { props: { gateway }, ...within },
  }),
  GatewayRow: story(GatewayRow, {
    well: { props: { gateway, open: true }, ...seenBy(camera) },
    away: { props: { gateway: away, open: true }, ...seenBy(camera) },
    closed: { props: { gateway: { ...gateway, area_name: { zh: LONG, en: LONG } }, open: false } },
  }),
  GatewaysPart: story(GatewaysPart, {
    loading: { props: {} },
    two: { props: {}, ...seenBy(camera, { ...camera, camera: "west", state: "lost" }) },
  }),
  OutlineField: story(OutlineField, {
    "on its way": { props: { areas: areas.features, own: area.id, begin: null, modelValue: null }, hub: { "/api/map": "never" }, needsBrowser: true },
    outlined: { props: { areas: areas.features, own: area.id, begin: area.geometry as never, modelValue: null }, ...within, needsBrowser: true },
  }),
  SetupProblem: story(SetupProblem, {
    "cannot be done now": { props: { report: { ...report, state: "done", problem: "not_allowed" } } },
    "in the gateway's words": { props: { report: { ...report, state: "refused", problem: "unreachable", reason: LONG } } },
    none: { props: { report: null }, isEmpty: true },
  }),
  UnitsPanel: story(UnitsPanel, { two: { props: { version: 3 }, ...within } }),
};
