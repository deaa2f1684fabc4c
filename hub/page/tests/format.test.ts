import { beforeEach, describe, expect, it } from "vitest";

import { auditDetails } from "@/format/audit";
import { urgencyOf } from "@/format/due";
import { logLine } from "@/format/log";
import { formatMeasure, formatQuantity, formatUncertainty } from "@/format/measure";
import { skipReason } from "@/format/skip";
import { hubWords } from "@/i18n/hubSaid";
import { stepsOf } from "@/format/steps";
import { formatAgo, formatCountdown, formatMoment } from "@/format/time";
import { setLocale } from "@/i18n/words";

import { aDetail, aSummary, MEASURE } from "./fixtures";

beforeEach(() => {
  setLocale("zh");
});

describe("a measure in words", () => {
  /** Numbers and units are held together by spaces that do not break. */
  const spaced = (text: string): string => text.replaceAll("\u00a0", " ");

  it("stands against its limit", () => {
    expect(spaced(formatMeasure(MEASURE))).toBe("停留 9 s / 8 s");
    expect(spaced(formatUncertainty(MEASURE))).toBe("± 0.4 s");
  });

  it("turns shares into per cent and long times into minutes", () => {
    expect(spaced(formatQuantity("covered", 0.254, "1"))).toBe("25.4%");
    expect(spaced(formatQuantity("count", 12, "1"))).toBe("12");
    expect(spaced(formatQuantity("dwell", 200, "s"))).toBe("3 min 20 s");
    expect(spaced(formatQuantity("dwell", 7200, "s"))).toBe("2 h");
    expect(spaced(formatQuantity("area", 104.26, "m2"))).toBe("104.3 m²");
  });

  it("leaves out a limit that is not known", () => {
    expect(spaced(formatMeasure({ name: "count", value: 3, unit: "1", threshold: null, uncertainty: null }))).toBe("数量 3");
  });
});

describe("the due clock", () => {
  const due = Date.parse("2026-01-02T03:34:07Z");

  it("is calm, then warns in the last quarter of an hour, then is over", () => {
    expect(urgencyOf(aSummary(), due - 16 * 60_000)).toBe("calm");
    expect(urgencyOf(aSummary(), due - 14 * 60_000)).toBe("soon");
    expect(urgencyOf(aSummary(), due)).toBe("over");
  });

  it("stops once the work is reported done", () => {
    expect(urgencyOf(aSummary({ state: "handled" }), due + 1)).toBe("none");
    expect(urgencyOf(aSummary({ state: "closed" }), due + 1)).toBe("none");
  });

  it("counts days, hours, minutes and seconds", () => {
    expect(formatCountdown(3_723_000)).toBe("1:02:03");
    expect(formatCountdown(-61_000)).toBe("0:01:01");
    expect(formatCountdown(90_061_000)).toBe("1 天 1:01:01");
    expect(formatAgo("2026-01-02T03:04:05Z", Date.parse("2026-01-02T03:07:00Z"))).toBe("2 分钟前");
  });
});

describe("the six steps", () => {
  const statuses = (own: Parameters<typeof aDetail>[0]): string[] => stepsOf(aDetail(own)).map((step) => step.status);

  it("walk from dispatch to feedback with the case", () => {
    expect(statuses({ state: "reported" })).toEqual(["done", "done", "done", "current", "next", "next"]);
    expect(statuses({ state: "accepted" })).toEqual(["done", "done", "done", "done", "current", "next"]);
    expect(statuses({ state: "handled" })).toEqual(["done", "done", "done", "done", "done", "current"]);
    expect(statuses({ state: "closed" })).toEqual(Array(6).fill("done"));
  });

  it("stop at dispatch when the case is not filed", () => {
    expect(statuses({ state: "rejected" })[3]).toBe("stopped");
  });
});

describe("a line of the log", () => {
  const units = [{ id: "traffic-police", name: { zh: "交警中队", en: "Traffic Police Squadron" } }];
  const entry = {
    sequence: 3,
    at: "2026-01-02T03:04:07Z",
    said_at: null,
    actor: "rule",
    actor_kind: "rule",
    on_behalf_of: null,
    what: "dispatched",
    from_state: "filed",
    to_state: "dispatched",
    reason: "",
    reason_name: null,
    note: "请尽快",
    units: ["traffic-police"],
    photo_ids: [],
    data: {},
  } as const;

  it("says the unit by its name and keeps the note apart", () => {
    expect(logLine({ ...entry, units: ["traffic-police"], photo_ids: [] }, aDetail(), units)).toEqual({
      who: "规则",
      what: "派单至交警中队",
      change: "已立案 → 已派单",
      reason: "",
      note: "请尽快",
      called: "",
    });
  });

  it("says whose deputy somebody was", () => {
    const acted = { actor: "安", actor_kind: "person", on_behalf_of: "值班长" } as const;
    expect(logLine({ ...entry, ...acted, units: [], photo_ids: [] }, aDetail(), units).who).toBe("安（代 值班长）");
  });

  it("says which machine wrote it, without its key", () => {
    const who = (actor: string): string => logLine({ ...entry, actor, actor_kind: "person", units: [], photo_ids: [] }, aDetail(), units).who;
    expect(["token:Rain gauges/se_0a1b2c3d", "platform:gas-meters", "open311:residents"].map(who)).toEqual(["外部系统 Rain gauges", "设备平台 gas-meters", "居民网页"]);
  });

  it("says whom an escalation told, and a proposal's text in the reader's language", () => {
    const told = { what: "escalated", data: { clock: "unit", told: ["leader", "night-watch"] }, units: ["traffic-police"] };
    expect(logLine({ ...entry, ...told, photo_ids: [] }, aDetail(), units).what).toBe("超时上报（交警中队）：分管领导、night-watch");
    const drafted = { what: "drafted", data: { zh: "已驶离", en: "gone" }, units: [], note: "", photo_ids: [] };
    expect(logLine({ ...entry, ...drafted }, aDetail(), units).note).toBe("已驶离");
    const looked = { what: "looked", actor_kind: "camera", data: {}, units: [], note: "car stands there", photo_ids: [] } as const;
    expect(logLine({ ...entry, ...looked, units: [], photo_ids: [] }, aDetail(), units).note).toBe("那里停着轿车");
  });
});

describe("why looks came to nothing", () => {
  it("is told with its scene, and a part without words stands as it came", () => {
    expect(skipReason("replaced")).toBe("被新帧取代");
    expect(skipReason("smoke: second_look: nothing")).toBe("smoke · 复核未通过，更像 · 背景");
    expect(skipReason("waterlogging: colours unlike the reference's")).toBe("waterlogging · 颜色与参照画面不同");
    expect(skipReason("smoke: a newer reason")).toBe("smoke · a newer reason");
  });
});

describe("a line of the audit trail", () => {
  it("has words for what it says of its act, and for the values", () => {
    const said = auditDetails({ webhook: 1, unit: null, kinds: ["closed", "filed"], notes: true, format: "cloudevents", only: {} }, 0);
    expect(said).toBe("推送 1、推送的变更 结案、立案、含备注 是、格式 CloudEvents（每次变更）");
  });

  it("names which settings of a camera were changed, not each corner of a zone", () => {
    const scene = { scene: "smoke", zones: [{ id: "yard", polygon: [[0.1, 0.2], [0.3, 0.4], [0.1, 0.4]] }] };
    expect(auditDetails({ version: 3, settings: { longitude: 120.5, latitude: 29.6, scenes: [scene, scene] } }, 0)).toBe("版本 3、设置 经度、纬度、场景（smoke）");
    expect(auditDetails({ settings: { keys: ["calibration", "scenes"] } }, 0)).toBe("设置 标定、场景");
  });

  it("says a problem by its code alone, and which parts of an area were changed", () => {
    expect(auditDetails({ problem: "login", why: "http://x refuses the user name or password of 'viewer'" }, 0)).toMatch(/^结果 摄像机拒绝了用户名或密码[^a-z]*$/u);
    expect(auditDetails({ changed: ["geometry", "name"] }, 0)).toBe("修改 边界、名称");
  });

  it("says why a camera went back to a version, and why its gateway refused one, in Chinese", () => {
    const why = "camera street, scenes.0 (smoke): the model does not know unicorn; it knows person, car";
    expect(auditDetails({ version: 7, why }, 0)).toBe("版本 7、原因 摄像机 street scenes.0（smoke）：模型不认识 unicorn；它认识 人、轿车");
    expect(auditDetails({ why: "back to version 6: 试一试" }, 0)).toBe("原因 恢复到版本 6：试一试");
    expect(auditDetails({ why: "back to version 0: 再来" }, 0)).toBe("原因 改回网关文件的设置：再来");
  });

  it("says in Chinese what it is about", () => {
    const subjects = ["gateway zone-gate", "broker", "gate-1/east trial 5f", "2026-000007 video gate-1/east", "2026-000007 original of full 5f", "untold"];
    expect(subjects.map(hubWords)).toEqual([
      "网关 zone-gate", "消息代理", "gate-1/east 试运行 5f", "2026-000007 录像 gate-1/east", "2026-000007 全景原件 5f", "未送达的通知",
    ]);
  });
});

describe("on paper", () => {
  it("a moment has its day and year, also today's", () => {
    const [iso, now] = ["2026-11-28T07:46:10Z", Date.parse("2026-11-28T09:00:00Z")];
    expect(formatMoment(iso, now)).not.toContain("2026");
    window.dispatchEvent(new Event("beforeprint"));
    expect(formatMoment(iso, now)).toMatch(/^2026.11.28 /);
    window.dispatchEvent(new Event("afterprint"));
    expect(formatMoment(iso, now)).not.toContain("2026");
  });
});
