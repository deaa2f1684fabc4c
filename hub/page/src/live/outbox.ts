/**
 * What is to be sent to the hub: moves and photos, each under a key of its own, so that the hub does it once however
 * often it is sent. Of one case all goes in its order; what the hub refuses holds up what follows it until a person has
 * seen it. What is `lasting` (a phone's) is on the disk before it is shown, outlives the browser, and waits for the
 * network; what is not (a desk's one click) fails at once where the hub cannot be reached.
 */
import { reactive, toRaw } from "vue";

import { HubError } from "@/api/client";
import type { CaseDetail, InspectionBody, LegalMove, MoveBody, ReportBody } from "@/api/types";

import { allKept, forget, keep, kept } from "./keep";

export interface Refusal {
  status: number;
  code: string;
  message: string;
}

interface Common {
  readonly key: string;
  /** User name of whoever did it: nobody else sends it. */
  readonly by: string;
  readonly caseId: number;
  readonly number: string;
  /** When it was done, by the hub's clock as far as the phone knew it. */
  readonly madeAt: string;
  /** Place in the queue: milliseconds since 1970, and never the same twice. */
  readonly order: number;
  /** Until then it can be undone; milliseconds since 1970 by this machine's clock. */
  readonly sendsAt: number;
  readonly lasting: boolean;
  state: "waiting" | "sending" | "failed" | "sent";
  failure: Refusal | null;
}

export interface QueuedMove extends Common {
  readonly kind: "move";
  readonly move: LegalMove["move"];
  readonly body: Partial<MoveBody>;
  /** Keys of the photos that go along. */
  readonly photos: readonly string[];
}

export interface QueuedPhoto extends Common {
  readonly kind: "photo";
  readonly file: Blob;
  readonly moment: "reported" | "before" | "after";
  /** Key of the report that it belongs to, in place of a case. */
  readonly report?: string;
  /** Key of the inspection that it belongs to, in place of a case. */
  readonly inspection?: string;
  readonly place: { latitude: number; longitude: number; accuracy: number } | null;
  /** The hub's id, once it has it; the photo stays here until its move is sent. */
  photoId: string | null;
}

/** A report is a case of its own until the hub has it: `caseId` is a number that no case has. */
export interface QueuedReport extends Common {
  readonly kind: "report";
  readonly body: ReportBody;
}

/** What was found at premises; its photos go before it, as of one case. */
export interface QueuedInspection extends Common {
  readonly kind: "inspection";
  readonly inspection: string;
  readonly body: InspectionBody;
}

export type Queued = QueuedMove | QueuedPhoto | QueuedReport | QueuedInspection;
type Carry = (item: Queued, photoIds: string[]) => Promise<CaseDetail | string>;

/** In the order in which it was done. */
export const queue = reactive<Queued[]>([]);

const RETRY_MS = [3000, 6000, 15_000, 30_000, 60_000] as const;
const listeners = new Map<string, (item: CaseDetail | null) => void>();
const afterwards = new Set<(item: Queued, answer: CaseDetail | null) => void>();
const busy = new Set<number>();
let carry: Carry = () => Promise.reject(new Error("nobody carries what is sent"));
let retry: ReturnType<typeof setTimeout> | undefined;
let tries = 0;
let lastOrder = 0;

/** Name who speaks to the hub. */
export function carriedBy(carrier: Carry): void {
  carry = carrier;
}

/** Be told of everything that was sent, and of what was refused (`answer` is null). */
export function onSent(listener: (item: Queued, answer: CaseDetail | null) => void): () => void {
  afterwards.add(listener);
  return () => afterwards.delete(listener);
}

/** A key that nobody else makes; also where the page came over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function nextOrder(): number {
  lastOrder = Math.max(Date.now(), lastOrder + 1);
  return lastOrder;
}

/** Take something in; a lasting one is on the disk when the promise is done. Throws where the disk takes nothing. */
export async function enqueue(item: Queued, whenDone?: (item: CaseDetail | null) => void): Promise<void> {
  if (item.lasting) {
    await keep("outbox", item.key, item);
  }
  if (whenDone !== undefined) {
    listeners.set(item.key, whenDone);
  }
  queue.push(item);
  sendWhenDue(item);
}

/** Send it once nobody can undo it any more. */
function sendWhenDue({ caseId, sendsAt }: Queued): void {
  setTimeout(() => void sendCase(caseId), Math.max(0, sendsAt - Date.now()));
}

/** Take over what this person has left on the disk; what was on its way is sent again, under the same key. */
export async function restore(by: string): Promise<void> {
  const known = new Set(queue.map((one) => one.key));
  const stored = (await allKept("outbox")) as Queued[];
  stored
    .filter((one) => one.by === by && !known.has(one.key))
    .sort((a, b) => a.order - b.order)
    .forEach((one) => queue.push({ ...one, state: one.state === "sending" ? "waiting" : one.state }));
  queue.sort((a, b) => a.order - b.order);
  lastOrder = Math.max(lastOrder, ...queue.map((one) => one.order));
  queue.forEach(sendWhenDue);
}

/** What the hub has not taken, with the photos that it has and a move that it has not names. */
export function stillNeeded(items: readonly Queued[]): Queued[] {
  const wanted = new Set(items.flatMap((one) => (one.kind === "move" && one.state !== "sent" ? one.photos : [])));
  return items.filter((one) => one.state !== "sent" || wanted.has(one.key));
}

/** Nobody is signed in any more: what lasts stays on the disk for its owner, what does not is said to be not sent. */
export function leave(): void {
  clearTimeout(retry);
  for (let at = queue.length - 1; at >= 0; at -= 1) {
    const one = queue[at];
    if (one?.lasting === true) {
      queue.splice(at, 1);
    } else if (one?.state === "waiting") {
      fail(one, new HubError(401, "not_sent", ""));
    }
  }
}

/** Put something away, because a person says so: undone, or refused and seen. */
export async function putAway(key: string): Promise<void> {
  const one = queue.find((item) => item.key === key);
  if (one !== undefined && one.state !== "sending") {
    await remove(one);
    void sendCase(one.caseId);
  }
}

/** Forget photos that the hub has, of cases that are nobody's task here any more. */
export async function forgetSent(isTask: (caseId: number) => boolean): Promise<void> {
  for (const one of queue.filter(({ state, caseId }) => state === "sent" && !isTask(caseId))) {
    await remove(one);
  }
}

/** Send something again that was refused. */
export async function tryAgain(key: string): Promise<void> {
  const one = queue.find((item) => item.key === key);
  if (one?.state === "failed") {
    one.state = "waiting";
    one.failure = null;
    await store(one);
    await sendCase(one.caseId);
  }
}

/** Send all that waits; also what could still be undone, where `now` is set. */
export async function sendAll(now = false): Promise<void> {
  await Promise.all([...new Set(queue.map((one) => one.caseId))].map((caseId) => sendCase(caseId, now)));
}

async function sendCase(caseId: number, now = false): Promise<void> {
  if (busy.has(caseId)) {
    return;
  }
  busy.add(caseId);
  try {
    let goesOn = true;
    while (goesOn) {
      const next = queue.find((one) => one.caseId === caseId && one.state !== "sent");
      goesOn = next?.state === "waiting" && (now || next.sendsAt <= Date.now()) && (await send(next));
    }
  } finally {
    busy.delete(caseId);
  }
}

/** Whether what follows may be sent too. */
async function send(item: Queued): Promise<boolean> {
  item.state = "sending";
  try {
    if (item.lasting && (await isDoneElsewhere(item))) {
      drop(item);
      return true;
    }
    const answer = await carry(item, photoIdsOf(item));
    tries = 0;
    await settle(item, answer);
    return true;
  } catch (error) {
    if (!(error instanceof HubError)) {
      item.state = "waiting";
      throw error;
    }
    if (item.lasting && mayComeLater(error)) {
      item.state = "waiting";
      againLater();
    } else {
      fail(item, error);
      await store(item);
    }
    return false;
  }
}

/** Another window of this browser has sent it, or somebody has undone it there. */
async function isDoneElsewhere(item: Queued): Promise<boolean> {
  const stored = (await kept("outbox", item.key)) as Queued | undefined;
  return stored === undefined ? "indexedDB" in globalThis : stored.state === "sent";
}

function photosOf(item: Queued): readonly string[] {
  switch (item.kind) {
    case "move":
      return item.photos;
    case "inspection":
      return queue.flatMap((one) => (one.kind === "photo" && one.inspection === item.inspection ? [one.key] : []));
    default:
      return [];
  }
}

function photoIdsOf(item: Queued): string[] {
  const keys = item.kind === "move" ? item.photos : [];
  return queue.flatMap((one) => (one.kind === "photo" && keys.includes(one.key) && one.photoId !== null ? [one.photoId] : []));
}

async function settle(item: Queued, answer: CaseDetail | string): Promise<void> {
  if (item.kind === "photo") {
    item.photoId = typeof answer === "string" ? answer : null;
    item.state = "sent";
    await store(item);
    afterwards.forEach((tell) => {
      tell(item, null);
    });
    return;
  }
  const photos = photosOf(item);
  for (const one of queue.filter((other) => photos.includes(other.key))) {
    await remove(one);
  }
  await remove(item);
  tell(item, typeof answer === "string" ? null : answer);
}

function tell(item: Queued, answer: CaseDetail | null): void {
  listeners.get(item.key)?.(answer);
  listeners.delete(item.key);
  afterwards.forEach((one) => {
    one(item, answer);
  });
}

function fail(item: Queued, error: HubError): void {
  item.state = "failed";
  item.failure = { status: error.status, code: error.code, message: error.message };
  tell(item, null);
}

/** No network, a session that is over, a hub that is busy or has no room: none of it is about what is sent. */
function mayComeLater({ status }: HubError): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500;
}

function againLater(): void {
  clearTimeout(retry);
  retry = setTimeout(() => void sendAll(), RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
  tries += 1;
}

async function store(item: Queued): Promise<void> {
  if (item.lasting) {
    await keep("outbox", item.key, { ...toRaw(item) });
  }
}

async function remove(item: Queued): Promise<void> {
  if (item.lasting) {
    await forget("outbox", item.key);
  }
  drop(item);
}

function drop(item: Queued): void {
  const at = queue.findIndex((one) => one.key === item.key);
  if (at >= 0) {
    queue.splice(at, 1);
  }
}
