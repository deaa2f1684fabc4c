/** One's own account, and what the command centre keeps. */
import AccountActing from "@/account/AccountActing.vue";
import AccountCalls from "@/account/AccountCalls.vue";
import AccountPassword from "@/account/AccountPassword.vue";
import AccountProvider from "@/account/AccountProvider.vue";
import AccountRecoveryCodes from "@/account/AccountRecoveryCodes.vue";
import AccountSecondFactor from "@/account/AccountSecondFactor.vue";
import AccountSessions from "@/account/AccountSessions.vue";
import HubHealth from "@/records/HubHealth.vue";
import RecordsAudit from "@/records/RecordsAudit.vue";
import RecordsHolds from "@/records/RecordsHolds.vue";
import RecordsStorage from "@/records/RecordsStorage.vue";

import { following } from "./follow";
import { ago, fresh, LONG, wordy } from "./samples";
import { press, soon, story, submit } from "./story";

const username = "lead";
const administrator = { "/api/session": { body: { username, display_name: "Admin", role: "administrator", area: "demo", unit: null, language: "zh" } } };
const deputy = { username: "lead", display_name: "值班长", role: "shift_lead", area: "demo", unit: null };
const session = { id: 1, created_at: ago(90_000), last_seen_at: ago(20), address: "10.0.0.7", browser: "Chromium 140 · Linux", current: true };
const audit = { id: 2, at: ago(60), action: "evidence_seen", actor: "lead", address: "10.0.0.7", area: "demo", subject: "2026-000007", detail: {} };
const terms = { evidence_days: 90, case_days: 1095, received_days: 7, camera_change_days: 365, reporter_contact_days: 90, premises_contact_days: 730, inspection_days: 1825, household_contact_days: 365, notice_days: 90, audit_days: 1095, orphan_hours: 24, unfinished_minutes: 60, special: [{ scene: "smoke", grade: "major", evidence_days: 365, case_days: null }] };
const storage = { evidence: 48e9, files: 61_000, staging: 3e6, database: 2.4e9, broker: 5e6, free: 3e11, total: 1e12, deleted: [{ at: ago(3600), kind: "evidence", reference: "2026-000001", count: 3, bytes: 4e6, reason: "age" }] };

const well = { name: "database", state: "ok", since: ago(90_000), reason: "", amount: null };
const full = { name: "disk", state: "failed", since: ago(300), reason: "full", amount: 3_000_000 };
const late = { name: "notices", state: "degraded", since: ago(4000), reason: "failed", amount: 2 };

export const account = {
  HubHealth: story(HubHealth, {
    well: { props: {}, hub: { "/api/health/parts": { body: { status: "ok", parts: [well] } } } },
    ill: { props: {}, hub: { "/api/health/parts": { body: { status: "failed", parts: [well, late, full] } } } },
    "not for this role": { props: {}, hub: { "/api/health/parts": { refused: "forbidden", status: 403 } }, isEmpty: true },
  }),
  AccountActing: story(AccountActing, {
    "may act for another": { props: {}, hub: { "/acting": { body: { acting: null, possible: [deputy, { ...deputy, username: "b", display_name: LONG }] } } } },
    "acts for another": { props: {}, hub: { "/acting": { body: { acting: deputy, possible: [deputy] } } } },
    refused: { props: {}, hub: { "PUT /acting": { refused: "no_deputy", status: 403 }, "/acting": { body: { acting: null, possible: [deputy] } } }, then: soon(press("button")) },
    "for nobody": { props: {}, hub: { "/acting": { body: { acting: null, possible: [] } } }, isEmpty: true },
  }),
  AccountCalls: story(AccountCalls, { settings: { props: {} } }),
  AccountPassword: story(AccountPassword, {
    form: { props: { username } },
    refused: { props: { username }, hub: { "/account/password": { refused: "weak_password", status: 422 } }, then: submit },
  }),
  AccountProvider: story(AccountProvider, {
    linked: { props: { username }, hub: { "/session/provider": { body: { name: { zh: "统一身份认证", en: "City sign-in" } } }, "/account/provider": { body: { linked: true, expected: null } } } },
    "not linked": { props: { username }, hub: { "/session/provider": { body: { name: { zh: "统一身份认证", en: "City sign-in" } } }, "/account/provider": { body: { linked: false, expected: null } } } },
    refused: { props: { username }, hub: { "/session/provider": { body: { name: { zh: "统一身份认证", en: "City sign-in" } } }, "/account/provider": { body: { linked: true, expected: null } }, "/unlink": { refused: "wrong_password", status: 403 } }, then: soon(submit) },
    "no provider": { props: { username }, hub: { "/session/provider": { body: { name: null } } }, isEmpty: true },
  }),
  AccountRecoveryCodes: story(AccountRecoveryCodes, { "ten codes": { props: { username, codes: Array.from({ length: 10 }, (_, index) => `k7pd-${1000 + index}-qx2m`) } } }),
  AccountSecondFactor: story(AccountSecondFactor, {
    off: { props: { on: false, needed: false, username, recoveryCodes: 0 } },
    needed: { props: { on: false, needed: true, username, recoveryCodes: 0 } },
    on: { props: { on: true, needed: true, username, recoveryCodes: 8 } },
    refused: { props: { on: false, needed: false, username, recoveryCodes: 0 }, hub: { "/second-factor": { refused: "wrong_password", status: 403 } }, then: submit },
    "codes used up": { props: { on: true, needed: false, username, recoveryCodes: 0 } },
  }),
  AccountSessions: story(AccountSessions, {
    one: { props: { sessions: [session] } },
    several: { props: { sessions: [session, { ...session, id: 2, current: false, browser: LONG }] } },
  }),
  RecordsAudit: story(RecordsAudit, {
    loading: { props: {}, hub: { "/api/audit": "never" } },
    lines: { props: {}, hub: { "/api/audit": { body: { items: [audit, { ...audit, id: 1, action: "sign_in_failed", subject: LONG }], next: "1" } } } },
    empty: { props: {}, hub: { "/api/audit": { body: { items: [], next: null } } } },
    refused: { props: {}, hub: { "/api/audit": { refused: "not_allowed", status: 403 } } },
  }),
  RecordsHolds: story(RecordsHolds, {
    loading: { props: {}, hub: { "/api/holds": "never" } },
    held: { props: {}, hub: { "/api/holds": { body: { items: [fresh, wordy].map((item) => ({ case: item, since: ago(9000), by: "lead", reason: LONG })), next: null } } } },
    empty: { props: {}, hub: { "/api/holds": { body: { items: [], next: null } } } },
    refused: { props: {}, hub: { "/api/holds": { refused: "not_allowed", status: 403 } } },
  }),
  RecordsStorage: story(RecordsStorage, {
    loading: { props: {}, hub: { "/api/retention": "never" } },
    terms: { props: {}, hub: { "/api/retention": { body: terms } } },
    "an administrator's": { props: {}, hub: { ...administrator, "/api/retention": { body: terms }, "/api/storage": { body: storage } }, follow: following() },
    refused: { props: {}, hub: { "/api/retention": { refused: "not_allowed", status: 403 } } },
  }),
};
