/**
 * Moves that one click makes, and photos and moves of a phone. What one click makes is sent some seconds later and can
 * be undone until then: the hub hears nothing of what was undone, so its log holds only what was really done. It is sent
 * at once when the page is left or hidden, because nobody could undo it any more.
 */
import { computed } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { CaseDetail, InspectionBody, LegalMove, MoveBody, ReportBody } from "@/api/types";
import { hubNow } from "@/format/clock";
import { tellChange } from "@/queue/changes";

import { carriedBy, enqueue, leave, newKey, nextOrder, putAway, queue, restore, sendAll } from "./outbox";
import type { Queued, QueuedMove, QueuedPhoto } from "./outbox";
import { onLinkOpen } from "./stream";

export const UNDO_MS = 6000;
/** What a page may still send while it is closed; a browser allows no more than 64 kB of it. */
const KEEPALIVE_BYTES = 32_000;
const NOTHING: MoveBody = { reason: "", note: "", anyway: false, granted: false };

type Which = Pick<CaseDetail, "id" | "number">;
type Moved = (item: CaseDetail | null) => void;

/** A desk's moves that can be undone, are on their way, or were refused; a phone shows its own beside the task. */
export const pendingMoves = computed(() => queue.filter((one): one is QueuedMove => one.kind === "move" && !one.lasting));

export function pendingMoveOf(caseId: number): QueuedMove | null {
  return pendingMoves.value.find((one) => one.caseId === caseId && one.state !== "failed") ?? null;
}

/** Make a move in a while; `whenDone` gets the case as it is then, or null where the hub refused. */
export function moveSoon(item: Which, move: LegalMove["move"], whenDone: Moved, wait = UNDO_MS): void {
  if (pendingMoveOf(item.id) === null) {
    const made: QueuedMove = { ...begun("", item, wait, false), kind: "move", move, body: {}, photos: [] };
    void enqueue(made, whenDone);
  }
}

/** A phone's move: on the disk when the promise is done, and sent when there is a network. */
export async function moveLasting(
  by: string,
  item: Which,
  move: LegalMove["move"],
  given: { body?: Partial<MoveBody>; photos?: readonly string[]; wait?: number } = {},
): Promise<void> {
  const common = begun(by, item, given.wait ?? 0, true);
  await enqueue({ ...common, kind: "move", move, body: given.body ?? {}, photos: [...(given.photos ?? [])] });
}

/** A photo that a phone took in the page: as a move that lasts. */
export async function photoLasting(by: string, item: Which, photo: Pick<QueuedPhoto, "file" | "moment" | "place">): Promise<void> {
  await enqueue({ ...begun(by, item, 0, true), kind: "photo", photoId: null, ...photo });
}

/** Report something, with its photos: on the disk when the promise is done, and sent when there is a network. */
export async function reportLasting(by: string, body: ReportBody, files: readonly Blob[]): Promise<void> {
  const which = { id: -nextOrder(), number: "" };
  const report = { ...begun(by, which, 0, true), kind: "report", body: { ...body, happened_at: new Date(hubNow()).toISOString() } } as const;
  await enqueue(report);
  for (const file of files) {
    await enqueue({ ...begun(by, which, 0, true), kind: "photo", photoId: null, file, moment: "reported", place: null, report: report.key });
  }
}

/** A photo of an inspection under way; gives its key, which is its id at the hub. `which`: the inspection's own place in the queue. */
export async function inspectionPhotoLasting(by: string, which: number, inspection: string, file: Blob, place: QueuedPhoto["place"]): Promise<string> {
  const photo = { ...begun(by, { id: which, number: "" }, 0, true), kind: "photo", photoId: null, file, moment: "reported", place, inspection } as const;
  await enqueue(photo);
  return photo.key;
}

/** Hand an inspection in, after its photos. */
export async function inspectionLasting(by: string, which: number, inspection: string, premises: string, body: InspectionBody): Promise<void> {
  await enqueue({ ...begun(by, { id: which, number: premises }, 0, true), kind: "inspection", inspection, body });
}

function begun(by: string, { id, number }: Which, wait: number, lasting: boolean): Omit<QueuedMove, "kind" | "move" | "body" | "photos"> {
  const order = nextOrder();
  return {
    key: newKey(),
    by,
    caseId: id,
    number,
    madeAt: new Date(hubNow()).toISOString(),
    order,
    sendsAt: Date.now() + wait,
    lasting,
    state: "waiting",
    failure: null,
  };
}

/** Take a move back that has not been sent, or put away the word that it failed. */
export function forgetMove(key: string): void {
  void putAway(key);
}

/** Send everything that waits, now. */
export async function sendMovesNow(): Promise<void> {
  await sendAll(true);
}

export { leave as dropMoves, restore as restoreMoves };

carriedBy(async (item: Queued, photoIds: string[]) => {
  const header = { "idempotency-key": item.key };
  if (item.kind === "report") {
    return (await take(hub.POST("/api/reports", { params: { header }, body: item.body }))).number;
  }
  if (item.kind === "inspection") {
    return (await take(hub.PUT("/api/inspections/{key}", { params: { path: { key: item.inspection } }, body: item.body }))).key;
  }
  if (item.kind === "photo" && item.inspection !== undefined) {
    const params = { path: { key: item.inspection, photo_id: item.key } };
    return (await take(hub.PUT("/api/inspections/{key}/photos/{photo_id}", { ...photoRequest(item, header), params }))).id;
  }
  if (item.kind === "photo" && item.report !== undefined) {
    const params = { path: { key: item.report }, header };
    return (await take(hub.POST("/api/reports/{key}/photos", { ...photoRequest(item, header), params }))).id;
  }
  if (item.kind === "photo") {
    return (await take(hub.POST("/api/cases/{case_id}/photos", photoRequest(item, header)))).id;
  }
  const path = { case_id: item.caseId, move: item.move };
  const body: MoveBody = { ...NOTHING, ...item.body, photo_ids: photoIds, said_at: item.madeAt };
  // keepalive: it arrives even if the page is closed at this moment
  const keepalive = JSON.stringify(body).length < KEEPALIVE_BYTES;
  const moved = await take(hub.POST("/api/cases/{case_id}/moves/{move}", { params: { path, header }, body, keepalive }));
  tellChange(moved);
  return moved;
});

/** The form of a photo, with what is noted with it. */
function photoRequest(item: QueuedPhoto, header: { "idempotency-key": string }) {
  return {
    params: { path: { case_id: item.caseId }, header },
    // the generated type of a file part is a string; the form carries the file itself
    body: { file: "" },
    bodySerializer: () => {
      const form = new FormData();
      form.append("file", item.file, "photo.jpg");
      form.append("taken_at", item.madeAt);
      form.append("moment", item.moment);
      Object.entries(item.place ?? {}).forEach(([name, value]) => {
        form.append(name, String(value));
      });
      return form;
    },
  };
}

/** Send what waits when the page is hidden or left, and when the network is back. Gives back the function that ends it. */
export function sendMovesOnLeaving(): () => void {
  const onHide = (): void => {
    void sendAll(document.visibilityState === "hidden");
  };
  const onLeave = (): void => void sendMovesNow();
  const onNetwork = (): void => void sendAll();
  const endLink = onLinkOpen(onNetwork);
  document.addEventListener("visibilitychange", onHide);
  window.addEventListener("pagehide", onLeave);
  window.addEventListener("online", onNetwork);
  return () => {
    endLink();
    document.removeEventListener("visibilitychange", onHide);
    window.removeEventListener("pagehide", onLeave);
    window.removeEventListener("online", onNetwork);
  };
}

/** Why it was refused, as an error of the hub's. */
export function refusalOf({ failure }: Queued): HubError | null {
  return failure === null ? null : new HubError(failure.status, failure.code, failure.message);
}
