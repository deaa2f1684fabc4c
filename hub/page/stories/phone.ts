/** A handler's phone. */
import LeftHere from "@/phone/LeftHere.vue";
import PhoneBar from "@/phone/PhoneBar.vue";
import PhonePage from "@/phone/PhonePage.vue";
import QueuedRow from "@/phone/QueuedRow.vue";
import ShareMyPlace from "@/phone/ShareMyPlace.vue";
import StuckHere from "@/phone/StuckHere.vue";
import TaskMilestones from "@/phone/TaskMilestones.vue";
import TaskMoves from "@/phone/TaskMoves.vue";
import TaskOthers from "@/phone/TaskOthers.vue";
import TaskPhotos from "@/phone/TaskPhotos.vue";
import TaskPlace from "@/phone/TaskPlace.vue";
import TaskRow from "@/phone/TaskRow.vue";
import { placeKnownAt, placeState, sharesPlace } from "@/phone/dutyPlace";
import { forget, keep } from "@/live/keep";
import { queue, type Queued } from "@/live/outbox";
import { followCity } from "@/live/city";

import { example } from "./examples";
import { following } from "./follow";
import { ago, CITY, detail, fresh, late, LONG, wordy } from "./samples";
import { handler } from "./sessions";
import { press, story } from "./story";

const hub = { ...handler, "/api/city": { body: { ...CITY, may_report: ["inspection"], premises_kinds: [{ id: "hotel", name: { zh: "宾馆", en: "Hotel" } }] } } };
const follow = following(followCity);
const within = { hub, follow };
const turn = { number: 1, unit: "traffic-police", unit_name: { zh: "交警中队", en: "Traffic Police Squadron" }, accepted_at: null, arrived_at: null, until: null } as const;
const task = example("TaskView", { case: fresh as never, turn: { ...example("TaskView").turn, ...turn }, place: { longitude: 120.519, latitude: 29.608, datum: "gcj02" } as never, address: "花园路 17 号", report_in_at: null, milestones: detail.milestones, others: [] });
const there = { ...task, turn: { ...task.turn, accepted_at: ago(900), arrived_at: ago(300) } };
const others = [{ ...task.turn, unit: "property", unit_name: { zh: "物业", en: "Property Management" } }, { ...task.turn, number: 2, unit_name: { zh: LONG, en: LONG }, accepted_at: ago(500), arrived_at: ago(60) }] as never;
const common = { key: "a", by: "someone", caseId: fresh.id, number: fresh.number, madeAt: ago(90), order: 1, sendsAt: 0, lasting: true, state: "waiting", failure: null } as const;
const waiting: Queued = { ...common, kind: "move", move: "accept", body: {}, photos: [] };
const refused: Queued = { ...waiting, key: "b", state: "failed", failure: { status: 409, code: "state_changed", message: "" } };
const photo: Queued = { ...common, key: "c", kind: "photo", file: new Blob(), moment: "before", place: { latitude: 29.6, longitude: 120.5, accuracy: 12 }, photoId: null };

/** The phone holds these. */
function holding(...items: readonly Queued[]): () => Promise<() => void> {
  return async () => {
    const end = await follow();
    queue.push(...items);
    return () => {
      queue.splice(0);
      end();
    };
  };
}

function sharing(state: typeof placeState.value): () => () => void {
  return () => {
    [sharesPlace.value, placeState.value, placeKnownAt.value] = [true, state, ago(60)];
    return () => {
      [sharesPlace.value, placeState.value] = [false, "off"];
    };
  };
}

export const phone = {
  LeftHere: story(LeftHere, {
    "something is left": {
      props: {},
      needsBrowser: true,
      follow: async () => {
        await keep("outbox", "story", { ...waiting, key: "story" });
        return () => void forget("outbox", "story");
      },
    },
    nothing: { props: {}, isEmpty: true },
  }),
  PhoneBar: story(PhoneBar, { "nothing to send": { props: {}, ...within }, "something was refused": { props: {}, hub, follow: holding(waiting, refused) } }),
  PhonePage: story(PhonePage, { page: { props: {}, ...within, slot: LONG } }),
  QueuedRow: story(QueuedRow, {
    waiting: { props: { item: waiting }, hub, follow: holding(waiting) },
    "on its way": { props: { item: { ...waiting, state: "sending" } }, hub, follow: holding() },
    refused: { props: { item: refused }, hub, follow: holding(refused) },
    "behind one that was refused": { props: { item: { ...waiting, order: 2 } }, hub, follow: holding(refused) },
    sent: { props: { item: { ...waiting, state: "sent" } }, hub, follow: holding() },
    "a photo": { props: { item: photo }, hub, follow: holding(photo) },
  }),
  ShareMyPlace: story(ShareMyPlace, {
    off: { props: {} },
    known: { props: {}, follow: sharing("known") },
    "off duty": { props: {}, follow: sharing("offDuty") },
    "phone does not say": { props: {}, follow: sharing("none") },
  }),
  StuckHere: story(StuckHere, { "something is stuck": { props: {}, hub, follow: holding(refused) }, nothing: { props: {}, isEmpty: true } }),
  TaskMilestones: story(TaskMilestones, {
    "on the way": { props: { task }, ...within },
    there: { props: { task: there }, ...within },
    "none to reach": { props: { task: { ...task, milestones: [] } }, ...within },
  }),
  TaskMoves: story(TaskMoves, {
    "to accept": { props: { task }, ...within },
    "to report in": { props: { task: { ...task, report_in_at: ago(-900) } }, ...within },
    there: { props: { task: there }, ...within },
    "done here, not sent": { props: { task: there }, hub, follow: holding({ ...waiting, move: "handle" }), isEmpty: true },
    "with its form": { props: { task: there }, ...within, then: press("[data-move=handle]") },
  }),
  TaskOthers: story(TaskOthers, { two: { props: { turns: others } } }),
  TaskPhotos: story(TaskPhotos, { none: { props: { task: there }, ...within }, "one before": { props: { task: there }, hub, follow: holding(photo) } }),
  TaskPlace: story(TaskPlace, { known: { props: { task }, ...within }, unknown: { props: { task: { ...task, place: null, address: LONG } }, ...within } }),
  TaskRow: story(TaskRow, {
    new: { props: { task }, ...within },
    late: { props: { task: { ...there, case: late } }, ...within },
    "long words": { props: { task: { ...task, case: wordy } }, ...within },
    "not sent": { props: { task }, hub, follow: holding(waiting) },
    "was refused": { props: { task }, hub, follow: holding(refused) },
  }),
};
