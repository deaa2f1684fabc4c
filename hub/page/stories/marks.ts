/** Small marks that stand in rows and headlines, and pictures. */
import { HubError } from "@/api/client";
import AppIcon from "@/components/AppIcon.vue";
import BeforeAfter from "@/components/BeforeAfter.vue";
import ClipPlayer from "@/lookback/ClipPlayer.vue";
import CompanyMark from "@/case/CompanyMark.vue";
import DueClock from "@/components/DueClock.vue";
import EmptyState from "@/components/EmptyState.vue";
import EscalatedMark from "@/components/EscalatedMark.vue";
import EvidencePicture from "@/components/EvidencePicture.vue";
import GradeMark from "@/components/GradeMark.vue";
import HitText from "@/components/HitText.vue";
import RealMark from "@/components/RealMark.vue";
import RefusalNote from "@/components/RefusalNote.vue";
import StateBadge from "@/components/StateBadge.vue";
import TroubleNote from "@/components/TroubleNote.vue";
import { icons, type IconName } from "@/components/icons";
import { followDesks } from "@/live/desks";

import { following } from "./follow";
import { AFTER, ago, BOX, GONE, LONG, PICTURE } from "./samples";
import { story } from "./story";

const url = (id: string): string => `/api/evidence/${id}`;
const states = ["reported", "filed", "dispatched", "accepted", "handled", "checked", "closed", "rejected", "voided", "merged"] as const;
const named = <K extends string, V>(names: readonly K[], of: (name: K) => V): Record<K, V> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, V>;
const person = { username: "checker", display_name: "核查员" };
const desks = (claimed: boolean): { "/api/desks": { body: unknown } } => ({
  "/api/desks": { body: [{ case: 7, people: [person], claimed_by: claimed ? { ...person, display_name: LONG } : null }] },
});

export const marks = {
  AppIcon: story(AppIcon, named(Object.keys(icons) as IconName[], (name) => ({ props: { name } }))),
  GradeMark: story(GradeMark, named(["ordinary", "serious", "major"] as const, (grade) => ({ props: { grade } }))),
  StateBadge: story(StateBadge, named(states, (state) => ({ props: { state } }))),
  DueClock: story(DueClock, {
    "much time": { props: { dueAt: ago(-7200), state: "filed" } },
    soon: { props: { dueAt: ago(-200), state: "filed" } },
    late: { props: { dueAt: ago(4000), state: "dispatched" } },
    "without limit": { props: { dueAt: null, state: "reported" }, isEmpty: true },
  }),
  RefusalNote: story(RefusalNote, {
    "in words": { props: { error: new HubError(409, "state_changed", "the state has changed") } },
    "with what it is about": { props: { error: new HubError(409, "area_in_use", LONG) } },
    "of a hub that failed": { props: { error: new HubError(500, "internal", "failed", "urn:uuid:1f0c2a9e") } },
    none: { props: { error: null }, isEmpty: true },
  }),
  TroubleNote: story(TroubleNote, {
    danger: { props: { words: "案件的状态已变" } },
    warning: { props: { words: "请定位或填写地址", tone: "warning" } },
    "with what it is about": { props: { words: "请先处理：", detail: LONG, english: true } },
  }),
  EscalatedMark: story(EscalatedMark, {
    told: { props: { step: { at: ago(300), clock: "handle", told: ["值班长", "街道分管领导"] } } },
    "long words": { props: { step: { at: ago(300), clock: "handle", told: [LONG, LONG] } } },
    none: { props: { step: null }, isEmpty: true },
  }),
  RealMark: story(RealMark, {
    "never measured": { props: { measured: false } },
    measured: { props: { measured: true }, isEmpty: true },
  }),
  CompanyMark: story(CompanyMark, {
    "somebody has it open": { props: { caseId: 7 }, hub: desks(false), follow: following(followDesks) },
    claimed: { props: { caseId: 7 }, hub: desks(true), follow: following(followDesks) },
    nobody: { props: { caseId: 7 }, isEmpty: true },
  }),
  HitText: story(HitText, {
    hit: { props: { text: "东门 2026-000007", words: "0007" } },
    "no hit": { props: { text: "东门 2026-000007", words: "west" } },
    "long words": { props: { text: LONG, words: "garden" } },
  }),
  EmptyState: story(EmptyState, {
    title: { props: { title: "No cameras yet" } },
    "with a hint": { props: { title: "还没有摄像头", hint: "网关接入后，摄像头会自动出现在这里。" } },
    "long words": { props: { title: LONG, hint: LONG } },
  }),
  EvidencePicture: story(EvidencePicture, {
    "with a box": { props: { src: url(PICTURE), alt: "", box: BOX } },
    whole: { props: { src: url(PICTURE), alt: "", box: null, fit: "whole" } },
    missing: { props: { src: null, alt: "" } },
    "cannot be loaded": { props: { src: url(GONE), alt: "" } },
  }),
  BeforeAfter: story(BeforeAfter, {
    both: { props: { before: url(PICTURE), after: url(AFTER), box: BOX } },
    "nothing after": { props: { before: url(PICTURE), after: null, box: null } },
  }),
  ClipPlayer: story(ClipPlayer, { "cannot be played": { props: { src: url(GONE), poster: url(PICTURE), name: "2026-000007.mp4" } } }),
};
