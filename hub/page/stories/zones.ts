/** The editor of zones and of scenes' settings. */
import { HubError } from "@/api/client";
import { followCity } from "@/live/city";
import LiveTile from "@/video/LiveTile.vue";
import DifferenceList from "@/zones/DifferenceList.vue";
import { useEditor, type Draft, type Editor } from "@/zones/editor";
import NumberField from "@/zones/NumberField.vue";
import type { TriedAlarm } from "@/zones/past";
import PastTrial from "@/zones/PastTrial.vue";
import type { SceneSchemas } from "@/zones/schema";
import SchemaField from "@/zones/SchemaField.vue";
import SendPanel from "@/zones/SendPanel.vue";
import SettingsHistory from "@/zones/SettingsHistory.vue";
import StageBar from "@/zones/StageBar.vue";
import TrialPanel from "@/zones/TrialPanel.vue";
import ZoneEditor from "@/zones/ZoneEditor.vue";
import ZoneSide from "@/zones/ZoneSide.vue";
import ZoneStage from "@/zones/ZoneStage.vue";

import settings from "../../../contract/sharp_eyes/contract/scene_settings.json?raw";
import { example } from "./examples";
import { following } from "./follow";
import { ago, camera, CITY, LONG, PICTURE } from "./samples";
import { story } from "./story";

const schemas = JSON.parse(settings) as SceneSchemas;
const SQUARE = [[0.2, 0.4], [0.6, 0.4], [0.6, 0.8], [0.2, 0.8]];
const BOW = [[0.2, 0.2], [0.6, 0.6], [0.6, 0.2], [0.2, 0.6]];
const draft: Draft = { scenes: [{ scene: "illegal_parking", zones: [{ id: "kerb", polygon: SQUARE }] }], calibration: null };
const parking = schemas.scenes["illegal_parking"] ?? {};
const change = example("SettingsChangeView", { version: 3, state: "applied", reason: "", why: LONG, answered_at: ago(60) });
const refused = { ...change, version: 4, state: "refused" as const, reason: "scenes[0].zones[0]: the polygon crosses itself" };
const view = example("CameraSettingsView", { gateway: "gate-1", camera: "east-gate", settings: { scenes: draft.scenes }, changed: {}, takes_changes: true, changes: [refused, change, { ...change, version: 2, state: "waiting" }] });

/** An editor with something in it. */
function editing(now: Draft, then: (editor: Editor) => void = () => undefined): Editor {
  const editor = useEditor(schemas);
  editor.load(now);
  then(editor);
  return editor;
}

const add = (editor: Editor): void => {
  editor.addScene("fire_lane_blocked");
};
const within = { hub: { "/api/city": { body: CITY } }, follow: following(followCity) };
const sending = { newest: null, busy: false, failure: null };

const alarm = (fate: TriedAlarm["fate"], verdict: TriedAlarm["verdict"]): TriedAlarm =>
  example("TriedAlarmView", { fate, verdict, scene: "illegal_parking", started_at: ago(90_000), picture_id: PICTURE });

export const zones = {
  DifferenceList: story(DifferenceList, { two: { props: { items: [{ where: ["机动车违停", "kerb"], what: "停留时长 3 → 5 分钟" }, { where: [LONG], what: LONG }] } } }),
  NumberField: story(NumberField, {
    usual: { props: { schema: { type: "number", default: 3, minimum: 0.5, maximum: 60 }, value: undefined, label: "停留时长" } },
    set: { props: { schema: { type: "number", exclusiveMinimum: 0 }, value: 5, label: LONG } },
  }),
  SchemaField: story(SchemaField, {
    "a scene's settings": { props: { editor: editing(draft), schema: parking, root: parking, path: ["scenes", 0] } },
  }),
  SendPanel: story(SendPanel, {
    "nothing changed": { props: { editor: editing(draft), view, ...sending } },
    changed: { props: { editor: editing(draft, add), view, ...sending } },
    "wrong in it": { props: { editor: editing({ ...draft, scenes: [{ scene: "illegal_parking", zones: [{ id: "bow", polygon: BOW }] }] }), view, ...sending } },
    "the gateway refused": { props: { editor: editing(draft), view, ...sending, newest: refused } },
    "the hub refused": { props: { editor: editing(draft, add), view, ...sending, failure: new HubError(409, "changed_meanwhile", "") } },
    "the gateway's file holds": { props: { editor: editing(draft, add), view: { ...view, takes_changes: false }, ...sending } },
  }),
  SettingsHistory: story(SettingsHistory, { versions: { props: { view, schemas, busy: false } }, none: { props: { view: { ...view, changes: [] }, schemas, busy: false } } }),
  StageBar: story(StageBar, {
    "may watch": { props: { editor: editing(draft, (editor) => { editor.show(["scenes", 0]); }), live: false, mayWatch: true } },
    live: { props: { editor: editing(draft), live: true, mayWatch: true } },
  }),
  PastTrial: story(PastTrial, {
    "some would be gone": { props: { days: 7, settings: { scenes: draft.scenes }, alarms: [alarm("quiet", "false"), alarm("raised", "confirmed"), alarm("untried", "unjudged")] }, ...within },
    "a right one would be lost": { props: { days: 7, settings: { scenes: draft.scenes }, alarms: [alarm("quiet", "confirmed")] } },
    "nothing could be tried": { props: { days: 7, settings: { scenes: draft.scenes }, alarms: [alarm("untried", "unjudged")] } },
  }),
  TrialPanel: story(TrialPanel, {
    "minutes are kept": { props: { editor: editing(draft), gateway: "gate-1", camera: "east-gate", keys: () => ({}), keptMinutes: 15 } },
    "none are kept": { props: { editor: editing(draft), gateway: "gate-1", camera: "east-gate", keys: () => ({}), keptMinutes: 0 } },
  }),
  ZoneEditor: story(ZoneEditor, { "a camera": { props: { camera, schemas, gateway: "gate-1", name: "east-gate" }, hub: { "/settings": { body: view } } } }),
  ZoneSide: story(ZoneSide, {
    "a scene": { props: { editor: editing(draft, (editor) => { editor.show(["scenes", 0]); }) } },
    "nothing set": { props: { editor: editing({ scenes: [], calibration: null }) } },
  }),
  ZoneStage: story(ZoneStage, {
    "a zone": { props: { editor: editing(draft, (editor) => { editor.show(["scenes", 0]); editor.choose("scenes.0.zones.0.polygon", 1); }) } },
  }),
  LiveTile: story(LiveTile, { connecting: { props: { camera, stream: "sub", marks: true, labels: true, alone: false } }, "long words": { props: { camera: { ...camera, name: LONG }, stream: "main", marks: false, labels: false, alone: true } } }),
};
