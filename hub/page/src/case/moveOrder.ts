/** In which order a case's moves are offered: the one that leads on first, those that lead back last, the rest under "more". */
import type { LegalMove } from "@/api/types";

type Move = LegalMove["move"];

/** These ask for nothing, so one click is enough; they can be undone for some seconds. */
const AT_ONCE: readonly Move[] = ["file", "accept", "look_again", "acknowledge"];
const BACKWARDS: readonly Move[] = ["reject", "send_back", "fail", "refuse_extension", "decline_call"];
/** Steps of the road, and answers that somebody waits for; all else stands under "more". */
const ROAD: readonly Move[] = [
  ...["file", "reject", "dispatch", "look_again", "pass", "fail", "close", "call_back", "reopen", "pass_up"] as const,
  ...["acknowledge", "grant_extension", "refuse_extension", "resume", "answer_supervision", "decide_appeal", "decline_call"] as const,
];
/** Steps of the road for the unit that has the case; for everybody else they stand under "more". */
const OF_UNIT: readonly Move[] = ["accept", "arrive", "reach", "send_back", "handle"];
/** Never the button that leads on: one has only taken note, the other undoes what is done. */
const BESIDE: readonly Move[] = ["acknowledge", "reopen"];

export interface MoveOrder {
  /** The button that leads on, if any does. */
  main: Move | undefined;
  /** All of them, as the hub names them. */
  offered: LegalMove[];
  onRoad: LegalMove[];
  others: LegalMove[];
}

export function isAtOnce(move: Move): boolean {
  return AT_ONCE.includes(move);
}

export function leadsBack(move: Move): boolean {
  return BACKWARDS.includes(move);
}

/**
 * `apart`: moves for which the page has a place of its own; `draft`: what the camera's draft says, which leads on before
 * the first that does not lead back; `ofUnit`: whether it is the work of whoever looks:
 * they belong to a unit, or are called to the case.
 */
export function orderOf(moves: readonly LegalMove[], apart: readonly Move[], draft: Move | null, ofUnit: boolean): MoveOrder {
  const isOnRoad = ({ move }: LegalMove): boolean => ROAD.includes(move) || (ofUnit && OF_UNIT.includes(move));
  const offered = moves.filter(({ move }) => !apart.includes(move));
  const onRoad = offered.filter(isOnRoad);
  const leading = onRoad.map(({ move }) => move).filter((move) => !BESIDE.includes(move));
  const main = leading.find((move) => move === draft) ?? leading.find((move) => !leadsBack(move));
  const rank = ({ move }: LegalMove): number => (move === main ? 0 : leadsBack(move) ? 2 : 1);
  return { main, offered, onRoad: onRoad.sort((a, b) => rank(a) - rank(b)), others: offered.filter((one) => !isOnRoad(one)) };
}
