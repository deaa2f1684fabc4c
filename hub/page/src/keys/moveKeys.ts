/** The key of a move; moves that share one are never legal together. */
import type { LegalMove } from "@/api/types";

export const MOVE_KEYS: Readonly<Partial<Record<LegalMove["move"], string>>> = {
  file: "f",
  reject: "r",
  void: "v",
  dispatch: "d",
  acknowledge: "a",
  accept: "a",
  handle: "h",
  look_again: "r",
  pass: "p",
  fail: "b",
  close: "e",
  reopen: "e",
  comment: "m",
  withdraw: "w",
  send_back: "s",
  urge: "u",
};
