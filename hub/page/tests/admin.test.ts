import { describe, expect, it } from "vitest";

import type { CameraView, GatewayView } from "@/api/types";
import { compared } from "@/admin/areasFile";
import type { Areas } from "@/admin/areas";
import { healthOf, lostFrames } from "@/admin/gatewayHealth";
import { cornersOf, outlineIn, polygonOf, withCorner } from "@/admin/outline";
import { partsFor } from "@/admin/parts";
import { freshPassword } from "@/admin/password";
import { found, type UserView } from "@/admin/people";
import { changedMeanwhile, faultsIn, faultsSaid } from "@/admin/fields";
import { refusalOf } from "@/i18n/errors";
import { cityFaultWords } from "@/i18n/cityFaultWords";
import { doubtWords, ruledWords } from "@/i18n/packDoubts";
import { setLocale } from "@/i18n/words";
import { countChanges, rebased, withRule, type Rule } from "@/admin/ruleTable";
import { modelsOf, silentAbout, verdictOf, type RunningModel } from "@/admin/models";
import { partOf, treeOrder } from "@/admin/tree";
import { daysFrom, mondayOf, planned, shiftsOn } from "@/admin/week";
import { HubError, toHubError } from "@/api/client";

describe("who administers what", () => {
  it("is all for the whole city's administrators, less for an area's, a share for shift leads, nothing for others", () => {
    expect(partsFor({ role: "administrator", area: "demo" })).toContain("rules");
    const street = partsFor({ role: "administrator", area: "demo/first-street" });
    expect([street.includes("people"), street.includes("rules"), street.includes("city")]).toEqual([true, false, false]);
    expect(partsFor({ role: "shift_lead", area: "demo" })).toEqual(["duty", "notices", "advice"]);
    expect(partsFor({ role: "clerk", area: "demo" })).toEqual([]);
    expect(partsFor(null)).toEqual([]);
  });
});

describe("people", () => {
  const person = (username: string, more: Partial<UserView> = {}): UserView => ({
    username, display_name: username, role: "clerk", area: "demo", unit: null, language: "zh", disabled: false, second_factor: true, sessions: 0, last_seen_at: null, created_at: "2026-01-01T00:00:00Z", ...more,
  });
  const all = [person("ann", { sessions: 2, area: "demo/east" }), person("bob", { disabled: true, second_factor: false }), person("cem", { role: "handler", unit: "parks", second_factor: false })];
  const names = (wanted: Partial<Parameters<typeof found>[1]>): string[] => found(all, { text: "", role: "", state: "", ...wanted }).map(({ username }) => username);

  it("are found by each word, by role and by state", () => {
    expect(names({})).toEqual(["ann", "bob", "cem"]);
    expect(names({ text: "AN east" })).toEqual(["ann"]);
    expect(names({ text: "parks" })).toEqual(["cem"]);
    expect(names({ role: "clerk" })).toEqual(["ann", "bob"]);
    expect([names({ state: "signed-in" }), names({ state: "disabled" }), names({ state: "no-factor" })]).toEqual([["ann"], ["bob"], ["cem"]]);
  });

  it("get passwords without bias: bytes beyond the last whole round of letters are thrown away", () => {
    const bytes = [255, 248, 247, ...Array.from({ length: 19 }, () => 0)];
    expect(freshPassword(() => new Uint8Array([bytes.shift() ?? 0]))).toBe("9aaaa-aaaaa-aaaaa-aaaaa");
    expect(freshPassword()).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
  });
});

describe("areas", () => {
  it("stand below the one that they lie in", () => {
    const rows = treeOrder([{ path: "a" }, { path: "a/c" }, { path: "a/b" }, { path: "a/c/d" }]);
    expect(rows.map(({ path, depth }) => [path, depth])).toEqual([["a", 0], ["a/c", 1], ["a/c/d", 2], ["a/b", 1]]);
    expect(treeOrder([{ path: "a/b" }, { path: "a/b/c" }]).map(({ depth }) => depth)).toEqual([0, 1]);
  });

  it("get a part of the path out of a Latin name, and none out of any other", () => {
    expect([partOf("New  Court é!"), partOf("新苑")]).toEqual(["new-court-e", ""]);
  });

  it("are compared with a file before it is taken in", () => {
    const now = { type: "FeatureCollection", version: 3, features: ["a", "a/b", "a/c"].map((path) => ({ type: "Feature", id: path.replace("/", "."), geometry: null, properties: { path, name: { zh: path, en: path }, parent: null } })) } as Areas;
    const [top, b] = now.features;
    const renamed = { ...b, properties: { ...b?.properties, name: { zh: "x", en: "x" } } };
    const fresh = { type: "Feature", geometry: null, properties: { path: "a/new", name: { zh: "n", en: "n" } } };
    const read = compared(JSON.stringify({ type: "FeatureCollection", features: [top, renamed, fresh] }), now);
    expect([read?.added, read?.changed, read?.retired]).toEqual([["a/new"], ["a/b"], ["a/c"]]);
    expect([compared("{", now), compared("{}", now), compared("[]", now)]).toEqual([null, null, null]);
  });
});

describe("an outline", () => {
  const square = [[0, 0], [2, 0], [2, 2], [0, 2]] as const;

  it("closes where it began, and is drawn anew only where it is one piece without holes", () => {
    const made = polygonOf(square);
    expect(made?.coordinates[0]?.at(-1)).toEqual([0, 0]);
    expect(cornersOf(made)).toEqual(square);
    expect(polygonOf(square.slice(0, 2))).toBeNull();
    expect(cornersOf({ type: "MultiPolygon", coordinates: [] })).toBeNull();
  });

  it("takes a new corner into its nearest side, the closing one too", () => {
    expect(withCorner(square, [1, -0.1])[1]).toEqual([1, -0.1]);
    expect(withCorner(square, [-0.1, 1])[4]).toEqual([-0.1, 1]);
  });

  it("comes out of a geometry, a feature or a collection of one", () => {
    const one = polygonOf(square);
    const feature = { type: "Feature", geometry: one };
    for (const said of [one, feature, { type: "FeatureCollection", features: [feature] }]) {
      expect(outlineIn(JSON.stringify(said))).toEqual(one);
    }
    for (const said of ["{", "null", JSON.stringify({ type: "Point" }), JSON.stringify({ type: "FeatureCollection", features: [feature, feature] })]) {
      expect(outlineIn(said)).toBeNull();
    }
  });
});

describe("a gateway", () => {
  const well = { gateway: "g", online: true, version: "1", hub_version: "1", last_heartbeat_at: "2026-01-01T00:00:00Z", outbox: null, looks: null, machine: null, models: null, name_in_use: false, held_back: {} } as GatewayView;

  it("says what is wrong, the gravest first, or that it is well", () => {
    expect(healthOf(well).map(({ tone }) => tone)).toEqual(["good"]);
    const ill = { ...well, online: false, version: "0", outbox: { pending: 0, bytes: 0, refused: 0, lost: 3, aside: 0, detail: "" } };
    expect(healthOf(ill).map(({ tone }) => tone)).toEqual(["danger", "danger", "warning"]);
  });

  it("sums what its cameras did not look at, most first", () => {
    const cameras = [{ skipped: { replaced: 2, failed: 1 } }, { skipped: { failed: 4, broken: 0 } }] as unknown as CameraView[];
    expect(lostFrames(cameras)).toEqual([["failed", 5], ["replaced", 2]]);
  });
});

describe("a roster", () => {
  const plan = { first: "2026-11-27", last: "2026-12-03", begins: "08:00", ends: "20:00", weekdays: [0, 4] };

  it("has the same hours on the chosen days of the week", () => {
    const days = planned(plan).map(({ begins_at }) => new Date(begins_at).getDate());
    expect(days).toEqual([27, 30]); // a Friday and a Monday
    expect(planned({ ...plan, last: "2026-11-20" })).toEqual([]);
    expect(planned({ ...plan, first: "" })).toEqual([]);
  });

  it("goes over midnight where it ends no later than it begins", () => {
    const [shift] = planned({ ...plan, begins: "20:00", ends: "08:00" });
    expect(Date.parse(shift?.ends_at ?? "") - Date.parse(shift?.begins_at ?? "")).toBe(12 * 3_600_000);
  });

  it("shows a shift on each day that it touches, in weeks that begin on Monday", () => {
    const friday = new Date(2026, 10, 27);
    const monday = mondayOf(friday);
    expect([monday.getDate(), mondayOf(monday).getDate(), mondayOf(new Date(2026, 10, 29)).getDate()]).toEqual([23, 23, 23]);
    const night = { begins_at: new Date(2026, 10, 27, 20).toISOString(), ends_at: new Date(2026, 10, 28, 8).toISOString() };
    expect(daysFrom(monday, 7).map((day) => shiftsOn([night], day).length)).toEqual([0, 0, 0, 0, 1, 1, 0]);
  });
});

describe("a rule table", () => {
  const rules: Rule[] = [{ scene: "smoke", file: "auto" }, { scene: "smoke", area: "demo/east", limits: {} }];

  it("counts what differs by scene and area, whatever the order", () => {
    const [first, second] = rules as [Rule, Rule];
    expect(countChanges(rules, [second, first])).toBe(0);
    expect(countChanges(rules, withRule(rules, first, { ...first, file: "manual" }))).toBe(1);
    expect(countChanges(rules, withRule(rules, null, { scene: "flood" as never }))).toBe(1);
    expect(countChanges(rules, [first])).toBe(1);
  });
});

describe("a refusal", () => {
  it("is in the reader's words, with what the hub names where that tells more", () => {
    const inUse = refusalOf(new HubError(409, "area_in_use", "area East: 2 gateways"));
    expect(inUse.detail).toBe("area East: 2 gateways");
    expect(inUse.words).not.toContain("East");
    expect(refusalOf(new HubError(403, "wrong_password", "wrong")).detail).toBe("");
  });

  it("says in the reader's language what hangs on an area and what is wrong in a city pack", () => {
    setLocale("zh");
    const error = { code: "area_in_use", message: "in English" };
    const hangs_on = [{ kind: "open_cases", count: 7, names: ["2026-000001"] }];
    const inUse = refusalOf(toHubError(409, { error, hangs_on }));
    expect(inUse).toMatchObject({ detail: "7 件未结案件（2026-000001 等）", english: false });
    const place = "areas.2.path";
    const values = { path: "a/b/c", parent: "a/b" };
    const known = { place, line: null, words: "in English", code: "no_parent", values };
    const wrong = refusalOf(toHubError(422, { error: { code: "wrong_city", message: "in English" }, city_faults: [known, { ...known, code: "unheard_of" }] }));
    expect(wrong.detail).toBe(`${place}：区域 a/b/c 的上级 a/b 不存在\n${place}：in English`);
    setLocale("en");
    expect(refusalOf(toHubError(409, { error, hangs_on })).detail).toBe("7 open cases (2026-000001 and more)");
    expect(refusalOf(new HubError(409, "unheard_of", "said so")).detail).toBe("said so");
    expect(refusalOf(new HubError(500, "internal", "failed", "urn:uuid:1f0c")).words).toMatch(/1f0c$/);
  });
});

describe("a change that somebody else made first", () => {
  it("is kept, and one's own is made anew on it", () => {
    const base = [{ scene: "smoke", file: "auto" }, { scene: "flood" }] as Rule[];
    const mine = [{ scene: "smoke", file: "auto" }] as Rule[]; // flood taken out
    const theirs = [{ scene: "smoke", file: "manual" }, { scene: "flood" }] as Rule[];
    expect(rebased(base, mine, theirs)).toEqual([{ scene: "smoke", file: "manual" }]);
  });

  it("is named by field, where the form shows something else", () => {
    const form = document.createElement("form");
    form.innerHTML = '<label><span>地址</span><input name="address" value="一街 1 号" /></label><label><span>独居</span><input name="lone-elder" type="checkbox" /></label>';
    expect(changedMeanwhile(form, { address: "一街 2 号", lone_elder: true, position: { longitude: 1 } }).map(([field]) => field)).toEqual(["地址", "独居"]);
    expect(changedMeanwhile(form, { address: "一街 1 号", lone_elder: false })).toEqual([]);
  });
});

describe("what is wrong in a form", () => {
  it("names the field and says what to do, also where only blanks are written", () => {
    const form = document.createElement("form");
    form.innerHTML = '<label><span>名称</span><input name="name" required value="  " /></label><label><span>编号</span><input name="serial" value="a b" pattern="[a-z]+" title="小写字母" /></label>';
    const words = faultsIn(form).map((one) => one.words);
    expect(words[0]).toContain("名称");
    expect(words[1]).toContain("小写字母");
    const said = faultsSaid(form, [{ field: "serial", code: "taken", values: {} }, { field: "new.thing", code: "unheard_of", values: {} }]);
    expect(said[0]?.field?.name).toBe("serial");
    expect(said[0]?.words).toContain("编号");
    expect(said[1]?.words).toContain("new.thing");
  });
});

describe("what the hub doubts of rules", () => {
  it("is Chinese on the Chinese page, and as it was written elsewhere", () => {
    const doubt = "rules.0, smoke in demo: 'limit_minutes' without a 'unit': say who has to keep the limit";
    setLocale("en");
    expect(doubtWords(doubt)).toBe(doubt);
    setLocale("zh");
    expect(doubtWords(doubt)).toContain("第 1 条规则");
    expect(doubtWords(doubt)).not.toMatch(/without|limit_minutes/);
    expect(ruledWords("filed, dispatched to parks (handle 2 hours)")).toBe("立案，派单：parks（处置时限 2 小时）");
    expect(ruledWords("smoke: left to people")).toBe("smoke：由人处理");
  });
});

describe("what is wrong in a city pack", () => {
  const fault = (code: string, values: Record<string, string> = {}): string => cityFaultWords({ place: "", line: null, words: "In English", code, values });

  it("is said in the reader's language, with limits, lists, names and reasons in it", () => {
    setLocale("zh");
    expect(fault("reminds_early", { remind: "2 working hours", limit: "1 working hour" })).toBe("到期前 2 工作小时 提醒，但时限只有 1 工作小时，一开始就会提醒；请缩短 remind");
    expect(fault("enum", { expected: "'auto', 'ask' or 'manual'" })).toBe("应为 'auto'、'ask' 或 'manual' 之一");
    expect(fault("lost_accounts", { thing: "role", name: "leader", n: "3" })).toBe("新城市包中没有角色“分管领导”，而有 3 个账号属于它");
    expect(fault("no_yaml", { why: "mapping values are not allowed in this context" })).toContain("此处不能出现“键: 值”");
    expect(fault("outline_crossed", { why: "Self-intersection[116.31 39.9]" })).toBe("边界有误：边线在 116.31, 39.9 处相交");
    setLocale("en");
    expect(fault("lost_accounts", { thing: "unit", name: "parks", n: "1" })).toBe("The new pack has no unit parks, which one account has");
    expect(fault("enum", { expected: "'auto', 'ask' or 'manual'" })).toBe("It must be 'auto', 'ask' or 'manual'");
    expect(fault("of_a_newer_hub")).toBe("In English");
  });
});

describe("models", () => {
  const gateway = (name: string, models: unknown): GatewayView => ({ gateway: name, models, online: true }) as unknown as GatewayView;
  const parity = (agrees: boolean): unknown => ({ agrees, share: 0.9, wanted: 0.85, measured_at: "2026-03-01T00:00:00Z" });
  const street = (version: string, more: object = {}): object => ({ name: "street", version, computed_by: "openvino", checked: true, fault: "", sha256: "a1", precision: "int8", computing: "int8", kind: "detector", licence: "AGPL-3.0-or-later", scenes: ["smoke"], parity: parity(true), ...more });

  it("stand once a version, the newest first, with all that run them and the scenes of all", () => {
    const [newest, older, ...rest] = modelsOf([
      gateway("a", [street("9", { scenes: ["waterlogging"] })]),
      gateway("b", [street("10")]),
      gateway("c", [street("10", { scenes: ["smoke", "gas_cylinder"] })]),
      gateway("d", null),
    ]);
    expect(rest).toEqual([]);
    expect([newest?.version, newest?.newest, newest?.scenes, newest?.uses.map((one) => one.gateway.gateway)]).toEqual(["10", "10", ["gas_cylinder", "smoke"], ["b", "c"]]);
    expect([older?.version, older?.newest]).toEqual(["9", "10"]);
    expect(silentAbout([gateway("a", []), gateway("d", null)]).map((one) => one.gateway)).toEqual(["d"]);
  });

  it("of one version and precision are the same file, and another one is marked", () => {
    const [only] = modelsOf(["a", "b", "c"].map((name) => gateway(name, [street("1", { sha256: name === "c" ? "ff" : "a1" })])));
    expect(only?.uses.map((one) => one.otherFile)).toEqual([false, false, true]);
  });

  it("say plainly what was never measured, and what an older gateway does not tell", () => {
    const verdict = (more: object): string => verdictOf(street("1", more) as RunningModel);
    expect([verdict({}), verdict({ parity: parity(false) }), verdict({ parity: null }), verdict({ sha256: null, parity: null })]).toEqual(["agrees", "differs", "never", "untold"]);
  });
});
