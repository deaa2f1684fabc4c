/** The past of a case's camera: a seat at the hub, its WebSocket, and the pieces that are wanted of it. */
import { hub, HubError, take } from "@/api/client";
import type { LookBackSeat } from "@/api/types";

import type { Reason } from "./liveCamera";
import { BEGINNING, parseNote, type Begins, type Kept, type Stretch } from "./messages";
import { PastPlayback } from "./pastPlayback";
import { openSocket } from "./socket";
import { nearest, stretchAt } from "./stretches";

/** Seconds that are fetched before they are shown, and wanted at once. */
const AHEAD = 6;
const AT_ONCE = 6;
const LOOK_EVERY_MS = 150;
/** Seconds before the first moment that the element's time begins: a file begins at the keyframe before. */
const MARGIN = 60;

export interface PastListener {
  seat: (seat: LookBackSeat) => void;
  kept: (kept: Kept) => void;
  refused: (reason: Reason | HubError) => void;
  broken: () => void;
}

/** Moments are seconds since the Unix epoch. */
export class PastCamera {
  private socket: WebSocket | null = null;
  private playback: PastPlayback | null = null;
  private begins: Begins | null = null;
  private stretches: readonly Stretch[] = [];
  private base = 0;
  private number = 0;
  private asking: Stretch | null = null;
  private loaded: { from: number; until: number } | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private isOpen = true;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly caseId: number,
    private readonly listener: PastListener,
  ) {}

  /** The moment of the picture that is shown. */
  get moment(): number {
    return this.base + this.video.currentTime;
  }

  async open(): Promise<void> {
    let seat: LookBackSeat;
    try {
      seat = await take(hub.POST("/api/cases/{case_id}/look-back", { params: { path: { case_id: this.caseId } } }));
    } catch (error) {
      if (!(error instanceof HubError)) {
        throw error;
      }
      this.listener.refused(error);
      return;
    }
    if (!this.isOpen) {
      return;
    }
    const [since, until] = [seat.since, seat.until].map((iso) => Date.parse(iso) / 1000) as [number, number];
    this.base = since - MARGIN;
    this.playback = new PastPlayback(this.video, until - this.base + MARGIN, () => {
      this.end(() => {
        this.listener.refused("browser");
      });
    });
    this.listener.seat(seat);
    this.socket = openSocket(`/api/look-back/${seat.ticket}`, {
      note: (text) => {
        this.onNote(text);
      },
      piece: (bytes) => {
        this.onPiece(bytes);
      },
      closed: () => {
        this.end(this.listener.broken);
      },
    });
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS);
  }

  /** Show the picture of a moment, or the nearest that there is. */
  seek(moment: number): void {
    const there = nearest(this.stretches, moment) ?? moment;
    this.video.currentTime = Math.max(0, there - this.base);
    if (this.asking !== null && !(there >= this.asking[0] && there <= this.asking[1])) {
      this.asking = null;
    }
    this.look();
  }

  close(): void {
    this.end(() => undefined);
  }

  private end(say: () => void): void {
    if (!this.isOpen) {
      return;
    }
    this.isOpen = false;
    clearInterval(this.timer);
    if (this.socket !== null) {
      this.socket.onclose = this.socket.onmessage = null;
      this.socket.close();
    }
    this.playback?.close();
    say();
  }

  private onNote(text: string): void {
    const note = parseNote(text);
    if (note?.type === "kept") {
      this.stretches = note.stretches;
      this.listener.kept(note);
    } else if (note?.type === "begins") {
      this.begins = note;
    } else if (note?.type === "refused") {
      this.end(() => {
        this.listener.refused(note.reason);
      });
    } else if (note?.type === "sent" && note.number === this.number && this.asking !== null) {
      const [from] = this.asking;
      this.asking = null;
      const goesOn = this.loaded?.until === from;
      this.loaded = note.until === null ? null : { from: goesOn ? (this.loaded?.from ?? from) : from, until: note.until };
      this.look();
    }
  }

  private onPiece(piece: Uint8Array<ArrayBuffer>): void {
    if (piece[0] === BEGINNING && this.begins !== null) {
      this.playback?.begin(this.begins.media_type, this.begins.epoch - this.base);
    }
    this.playback?.append(piece.subarray(1));
  }

  /** Want what is missing before the picture; skip what is not there. */
  private look(): void {
    const { playback, socket, moment } = this;
    if (playback === null || socket?.readyState !== WebSocket.OPEN || this.stretches.length === 0 || this.video.seeking && this.asking !== null) {
      return;
    }
    const stretch = stretchAt(this.stretches, moment);
    if (stretch === null) {
      this.skipGap(moment);
      return;
    }
    const ahead = playback.ahead(this.video.currentTime);
    const start = ahead === 0 ? playback.justBehind(this.video.currentTime) : null;
    if (start !== null) {
      this.video.currentTime = start;
      return;
    }
    const { loaded } = this;
    const isLoaded = ahead > 0 && loaded !== null && moment >= loaded.from && moment <= loaded.until;
    const from = isLoaded ? loaded.until : moment + ahead;
    if (this.asking === null && ahead < AHEAD && from < stretch[1] - 0.3) {
      this.asking = [from, from + AT_ONCE];
      this.number += 1;
      socket.send(JSON.stringify({ type: "wanted", number: this.number, since: from, until: from + AT_ONCE }));
    }
  }

  private skipGap(moment: number): void {
    const next = this.stretches.find(([from]) => from > moment);
    if (next !== undefined) {
      this.video.currentTime = next[0] - this.base;
    } else if (!this.video.paused) {
      this.video.pause();
    }
  }
}
