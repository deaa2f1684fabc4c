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

export type RefusalReason = "masked" | "off" | "no_video" | "codec" | "busy" | "not_kept";

export interface Refused {
  type: "refused";
  reason: RefusalReason;
}

/** From and until, seconds since the Unix epoch. */
export type Stretch = readonly [from: number, until: number];

/** Which stretches of the past there are. */
export interface Kept {
  type: "kept";
  stretches: readonly Stretch[];
  doubt: string;
}

/** All that was wanted has come; the next wish goes on at `until`. */
export interface Sent {
  type: "sent";
  number: number;
  until: number | null;
}

export type Note = Begins | Look | Refused | Kept | Sent;

const TYPES: readonly unknown[] = ["begins", "look", "refused", "kept", "sent"] satisfies Note["type"][];

/** The first byte of a piece. */
export const BEGINNING = 0;
export const PICTURE = 3;

/** What begins where pictures were asked for. */
export const PICTURES = "image/jpeg";

/** Read a note; null where it is of a kind that a later version knows. */
export function parseNote(text: string): Note | null {
  const note = JSON.parse(text) as { type?: unknown };
  return TYPES.includes(note.type) ? (note as Note) : null;
}
