/** Administration: what happens by itself, who is told by which way, and what past alarms advise. */
import AdviceProof from "@/admin/AdviceProof.vue";
import AdvicePart from "@/admin/AdvicePart.vue";
import ChannelTest from "@/admin/ChannelTest.vue";
import NoticesPart from "@/admin/NoticesPart.vue";
import RuleForm from "@/admin/RuleForm.vue";
import RuleRow from "@/admin/RuleRow.vue";
import RulesPart from "@/admin/RulesPart.vue";
import RulesTrial from "@/admin/RulesTrial.vue";
import RulesTrialSide from "@/admin/RulesTrialSide.vue";
import SettingsVersions from "@/admin/SettingsVersions.vue";
import UntoldList from "@/admin/UntoldList.vue";
import WebhookForm from "@/admin/WebhookForm.vue";
import WebhookReplay from "@/admin/WebhookReplay.vue";
import WebhookTest from "@/admin/WebhookTest.vue";
import WebhooksPart from "@/admin/WebhooksPart.vue";
import { followCity } from "@/live/city";

import { example, examples } from "./examples";
import { following } from "./follow";
import { ago, CITY, LONG } from "./samples";
import { administrator } from "./sessions";
import { asked, story } from "./story";

const hub = { ...administrator, "/api/city": { body: CITY } };
const within = { hub, follow: following(followCity) };
const camera = { gateway: "gate-1", camera: "east-gate" };
const counted = example("FalseAlarmCount", { ...camera, scene: "illegal_parking", alarms: 40, false: 16, confirmed: 20, unjudged: 4, keys: ["minutes"], reasons: [] });
const counts = example("FalseAlarmCounts", { items: [counted, { ...counted, camera: "west", false: 0, confirmed: 0 }] });
const advice = example("AdviceView", { ...camera, scene: "illegal_parking", key: "minutes", unit: "min", present: 3, why_not: null });
const rule = example("Rule", { scene: "illegal_parking", area: "demo/first-street/east", unit: "traffic-police" });
const channel = example("ChannelView", { id: "wecom", kind: "wecom", waiting: 0, failed: 0, oldest: null, last_sent_at: ago(300) });
const channels = [channel, { ...channel, id: "sms", kind: "sms", waiting: 12, failed: 3, oldest: ago(4000), last_sent_at: null }];
const webhook = example("WebhookView", { name: "区城运平台", area: "demo", unit: null, enabled: true, failing_since: null, failures: 0, error: "", next_at: null, waiting: 0, given_up: 0, last_delivered_at: ago(40) });
const failing = { ...webhook, id: 13, name: LONG, failing_since: ago(9000), failures: 7, error: "not reached: ConnectError", next_at: ago(-90), waiting: 41, given_up: 2 };
const untold = examples("UntoldView", { channel: "sms", recipient: "lead-east", kind: "late", text: LONG, error: "no phone number", attempts: 3, created_at: ago(9000), failed_at: ago(4000) });
const settings = example("CameraSettingsView", { ...camera });

export const adminMachines = {
  AdvicePart: story(AdvicePart, asked({ props: {}, ...within }, "/api/false-alarms", counts, { ...counts, items: [] })),
  AdviceProof: story(AdviceProof, {
    ...asked({ props: { ...camera, scene: "illegal_parking", name: "minutes" }, ...within }, "/thresholds", advice),
    "nothing to advise": { props: { ...camera, scene: "illegal_parking", name: "minutes" }, hub: { ...hub, "/thresholds": { body: { ...advice, steps: [], proposed: null, why_not: "no_false_alarms" } } } },
  }),
  ChannelTest: story(ChannelTest, { "to a group": { props: { channel } }, "to somebody": { props: { channel: { ...channel, id: "sms", kind: "sms" } } } }),
  NoticesPart: story(NoticesPart, asked({ props: {}, ...within, hub: { ...hub, "/api/notices/untold": { body: { items: untold, next: null } } } }, "/api/notices/channels", channels, [])),
  RuleForm: story(RuleForm, {
    add: { props: { rule: null, taken: [] }, ...within },
    change: { props: { rule, taken: [] }, ...within },
  }),
  RuleRow: story(RuleRow, {
    closed: { props: { rule, open: false }, ...within },
    open: { props: { rule, open: true }, ...within },
    "by hand alone": { props: { rule: { scene: "fire_lane_blocked" }, open: true }, ...within },
  }),
  RulesPart: story(RulesPart, asked({ props: {}, ...within }, "/api/rules", { version: 3, rules: [rule, { scene: "fire_lane_blocked" }], doubts: [] }, { version: 3, rules: [], doubts: [] })),
  RulesTrial: story(RulesTrial, {
    "would differ": { props: { trial: example("TrialView") }, ...within },
    "would be the same": { props: { trial: example("TrialView", { changes: [], differing: 0, differences: [] }) } },
  }),
  RulesTrialSide: story(RulesTrialSide, {
    "something else": { props: { acts: ["派遣给市政排水单位", LONG], other: ["派遣给街道城管队"] } },
    "the same": { props: { acts: ["派遣给街道城管队"], other: ["派遣给街道城管队"] } },
  }),
  SettingsVersions: story(SettingsVersions, {
    versions: { props: camera, ...within, hub: { ...hub, "/settings": { body: settings } } },
    "none reported": { props: camera, isEmpty: true },
  }),
  UntoldList: story(UntoldList, {
    ...asked({ props: {}, ...within }, "/api/notices/untold", { items: untold, next: "7" }),
    nothing: { props: {}, hub: { "/api/notices/untold": { body: { items: [], next: null } } } },
  }),
  WebhookForm: story(WebhookForm, { form: { props: {}, ...within } }),
  WebhookReplay: story(WebhookReplay, { form: { props: { webhook: failing } } }),
  WebhookTest: story(WebhookTest, { form: { props: { webhook } } }),
  WebhooksPart: story(WebhooksPart, asked({ props: {}, ...within }, "/api/webhooks", [webhook, failing, { ...webhook, id: 14, enabled: false }], [])),
};
