/** Where a task stands for whoever holds the phone: what the hub says, and what waits here to be sent to it. */
import type { TaskView } from "@/api/types";
import { queue, type Queued, type QueuedPhoto } from "@/live/outbox";

export interface Standing {
  accepted: boolean;
  arrived: boolean;
  /** It was done or sent back here. */
  over: boolean;
}

/** Everything of a case that this phone has not seen through yet. */
export function queuedOf(caseId: number): Queued[] {
  return queue.filter((one) => one.caseId === caseId && (one.kind !== "move" || one.lasting));
}

export function photosOf(caseId: number): QueuedPhoto[] {
  return queue.filter((one): one is QueuedPhoto => one.kind === "photo" && one.caseId === caseId);
}

/** What is refused counts for nothing until a person has seen it. */
export function standingOf({ case: item, turn }: TaskView): Standing {
  const made = new Set(
    queuedOf(item.id).flatMap((one) => (one.kind === "move" && one.state !== "failed" ? [one.move] : [])),
  );
  return {
    accepted: turn.accepted_at !== null || made.has("accept"),
    arrived: turn.arrived_at !== null || made.has("arrive"),
    over: made.has("handle") || made.has("send_back"),
  };
}

/** Milestones that were marked on this phone and are not refused. */
export function reachedHere(caseId: number): Set<string> {
  const made = queuedOf(caseId).flatMap((one) => (one.kind === "move" && one.state !== "failed" && one.move === "reach" ? [one.body.milestone ?? ""] : []));
  return new Set(made);
}

/** Whether something of it is not with the hub yet. */
export function isUnsent(one: Queued): boolean {
  return one.state !== "sent" && (one.kind !== "move" || one.lasting);
}
