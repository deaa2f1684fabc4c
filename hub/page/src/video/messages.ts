/** What comes over a camera's WebSocket: notes as JSON, and pieces of one fragmented MP4 behind a byte of their kind. */

export interface ZoneShape {
  scene: string;
  zone: string;
  polygon: readonly (readonly [number, number])[];
}

export interface Begins {
  type: "begins";
  media_type: string;
  /** Seconds since the Unix epoch at the file's time 0. */
  epoch: number;
  zones: readonly ZoneShape[];
}

/** x1, y1, x2, y2 as shares of the picture. */
export type Box = readonly [number, number, number, number];

export interface SeenObject {
  track: number;
  name: string;
  score: number;
  box: Box;
}

export interface Look {
  type: "look";
  time: number;
  objects: readonly SeenObject[];
}

export type RefusalReason = "masked" | "off" | "no_video" | "codec" | "busy";

export interface Refused {
  type: "refused";
  reason: RefusalReason;
}

export type Note = Begins | Look | Refused;

/** The first byte of a piece. */
export const BEGINNING = 0;

/** Read a note; null where it is of a kind that a later version knows. */
export function parseNote(text: string): Note | null {
  const note = JSON.parse(text) as { type?: unknown };
  return note.type === "begins" || note.type === "look" || note.type === "refused" ? (note as Note) : null;
}
