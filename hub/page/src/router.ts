/** The page's addresses. All but sign-in and the residents' page need a session; after signing in one is back where one was. */
import { createRouter, createWebHistory, START_LOCATION, type RouteLocationNormalized } from "vue-router";

import { BASE } from "@/api/base";
import { HubError, onSecondFactorNeeded, onSignedOut } from "@/api/client";
import { withWords } from "@/i18n/words";
import { currentMe, endSession, isHandler, isOutside, restoreSession } from "@/session";
import CaseListPage from "@/views/CaseListPage.vue";

export const router = createRouter({
  history: createWebHistory(BASE),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: "/", name: "list", component: CaseListPage },
    { path: "/cases/:id(\\d+)", name: "case", component: withWords(() => import("@/views/CasePage.vue")), props: caseId },
    { path: "/tasks", name: "tasks", component: withWords(() => import("@/views/TasksPage.vue")) },
    { path: "/tasks/:id(\\d+)", name: "task", component: withWords(() => import("@/views/TaskPage.vue")), props: caseId },
    { path: "/report", name: "report", component: withWords(() => import("@/views/ReportPage.vue")) },
    { path: "/inspections", name: "inspections", component: withWords(() => import("@/views/InspectionsPage.vue")) },
    { path: "/inspections/:premises(\\d+)", name: "inspection", component: withWords(() => import("@/views/InspectionPage.vue")), props: premisesId },
    { path: "/inspections/sheet/:inspection", name: "inspection-sheet", component: withWords(() => import("@/views/InspectionSheetPage.vue")), props: true },
    { path: "/unsent", name: "unsent", component: withWords(() => import("@/views/UnsentPage.vue")) },
    { path: "/map", name: "map", component: withWords(() => import("@/views/MapPage.vue")) },
    { path: "/cameras", name: "cameras", component: withWords(() => import("@/views/CamerasPage.vue")) },
    { path: "/cameras/:gateway/:camera/zones", name: "zones", component: withWords(() => import("@/views/ZonesPage.vue")), props: true },
    { path: "/whistle", name: "whistle", component: withWords(() => import("@/views/WhistlePage.vue")) },
    { path: "/callbacks", name: "callbacks", component: withWords(() => import("@/views/CallbacksPage.vue")) },
    { path: "/handover/:id(\\d+)?", name: "handover", component: withWords(() => import("@/views/HandoverPage.vue")), props: handoverId },
    { path: "/live", name: "live", component: withWords(() => import("@/views/LivePage.vue")) },
    { path: "/figures", name: "figures", component: withWords(() => import("@/views/FiguresPage.vue")) },
    { path: "/figures/cases", name: "behind", component: withWords(() => import("@/views/BehindPage.vue")) },
    { path: "/figures/month", name: "month", component: withWords(() => import("@/views/MonthPage.vue")) },
    { path: "/wall", name: "wall", component: withWords(() => import("@/views/WallPage.vue")), beforeEnter: () => !isHandler.value || { name: "list" } },
    { path: "/records/:part(holds|storage|audit)?", name: "records", component: withWords(() => import("@/views/RecordsPage.vue")), props: recordsPart },
    { path: "/register/:part?", name: "register", component: withWords(() => import("@/register/RegisterPage.vue")), props: true },
    { path: "/admin/:part?", name: "admin", component: withWords(() => import("@/admin/AdminPage.vue")), props: true },
    { path: "/account", name: "account", component: withWords(() => import("@/views/AccountPage.vue")) },
    { path: "/report-here/:number?", name: "report-here", component: withWords(() => import("@/views/ReportHerePage.vue")), props: requestNumber },
    { path: "/sign-in", name: "sign-in", component: () => import("@/views/SignInPage.vue") },
    { path: "/:rest(.*)*", name: "not-found", component: withWords(() => import("@/views/NotFoundPage.vue")) },
  ],
});

function caseId(route: RouteLocationNormalized): { id: number } {
  return { id: Number(route.params["id"]) };
}

function premisesId(route: RouteLocationNormalized): { premises: number; recheck: boolean } {
  return { premises: Number(route.params["premises"]), recheck: route.query["recheck"] === "1" };
}

function handoverId(route: RouteLocationNormalized): { id: number | null } {
  return { id: route.params["id"] ? Number(route.params["id"]) : null };
}

function requestNumber(route: RouteLocationNormalized): { number: string } {
  const number = route.params["number"];
  return { number: typeof number === "string" ? number : "" };
}

function recordsPart(route: RouteLocationNormalized): { part: "holds" | "storage" | "audit" } {
  const part = route.params["part"];
  return { part: part === "storage" || part === "audit" ? part : "holds" };
}

/** An address inside the page to go back to; never one that leads elsewhere. */
export function safeReturn(value: unknown): string {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) && !value.startsWith("/sign-in") ? value : "/";
}

/** A phone: what a handler holds in one hand. */
const NARROW = "(max-width: 720px)";

router.beforeEach(async (to, from) => {
  // whoever is out with a phone begins with what there is to do
  const begins = from === START_LOCATION || from.name === "sign-in";
  const home = (): true | { name: string } =>
    begins && to.name === "list" && isOutside.value && window.matchMedia(NARROW).matches ? { name: isHandler.value ? "tasks" : "report" } : true;
  if (to.name === "report-here") {
    return true; // nobody is asked who they are
  }
  if (to.name === "sign-in" || currentMe.value !== null) {
    return home();
  }
  try {
    await restoreSession();
    return home();
  } catch (error) {
    const expired = error instanceof HubError && error.code === "session_expired";
    return { name: "sign-in", query: { back: to.fullPath, ...(expired ? { expired: "1" } : {}) } };
  }
});

onSecondFactorNeeded(() => {
  void router.push({ name: "account" });
});

onSignedOut(() => {
  const here = router.currentRoute.value;
  const wasSignedIn = currentMe.value !== null;
  endSession();
  if (wasSignedIn && here.name !== "sign-in") {
    void router.push({ name: "sign-in", query: { back: here.fullPath, expired: "1" } });
  }
});
