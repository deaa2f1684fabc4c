/** One camera's live video: a seat at the hub, its WebSocket, and the file that comes over it. */
import { hub, HubError, take } from "@/api/client";

import { Looks } from "./looks";
import { BEGINNING, parseNote, PICTURE, PICTURES, type Begins, type RefusalReason, type ZoneShape } from "./messages";
import { Pictures } from "./pictures";
import { Playback, plays } from "./playback";
import { openSocket } from "./socket";

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** Times that a file may fail before it has shown anything. */
const MOST_FAULTS = 2;

export type LiveState = "waiting" | "playing" | "refused";
/** Why there is no video: the gateway's reason, or that this browser cannot play it. */
export type Reason = RefusalReason | "browser";

/** How it comes: the camera's own packets, or pictures where the browser cannot play those. */
export type Form = "packets" | "pictures";

export interface LiveListener {
  state: (state: LiveState, reason: Reason | null) => void;
  form: (form: Form) => void;
  zones: (zones: readonly ZoneShape[]) => void;
}

/** Plays from `open` to `close`, and begins again where the line breaks. */
export class LiveCamera {
  readonly looks = new Looks();
  private begins: Begins | null = null;
  private playback: Playback | null = null;
  private pictures: Pictures | null = null;
  private form: Form = "packets";
  private socket: WebSocket | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private faults = 0;
  private isOpen = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly gateway: string,
    private readonly camera: string,
    private readonly stream: "main" | "sub",
    private readonly listener: LiveListener,
  ) {
    video.addEventListener("playing", this.onPlaying);
  }

  /** The moment of the picture that is shown (seconds since the Unix epoch); null before there is one. */
  get time(): number | null {
    if (this.pictures !== null) {
      return this.pictures.time;
    }
    return this.begins === null || this.playback === null ? null : this.begins.epoch + this.video.currentTime;
  }

  open(): void {
    if (!this.isOpen) {
      this.isOpen = true;
      this.listener.state("waiting", null);
      void this.connect();
    }
  }

  close(): void {
    this.isOpen = false;
    clearTimeout(this.retry);
    this.disconnect();
  }

  private readonly onPlaying = (): void => {
    this.retryMs = FIRST_RETRY_MS;
    this.faults = 0;
    this.listener.state("playing", null);
  };

  private async connect(): Promise<void> {
    const { gateway, camera, stream, form } = this;
    let ticket: string;
    try {
      const params = { path: { gateway, camera }, query: { stream, form } };
      ({ ticket } = await take(hub.POST("/api/cameras/{gateway}/{camera}/video", { params })));
    } catch (error) {
      if (!(error instanceof HubError)) {
        throw error;
      }
      this.again(); // the camera's card and the banner say what is wrong
      return;
    }
    if (!this.isOpen) {
      return;
    }
    this.socket = openSocket(`/api/live/${ticket}`, {
      note: (text) => {
        this.onNote(text);
      },
      piece: (bytes) => {
        this.onPiece(bytes);
      },
      closed: () => {
        this.again();
      },
    });
  }

  private onNote(text: string): void {
    const note = parseNote(text);
    if (note?.type === "look") {
      this.looks.add(note);
    } else if (note?.type === "refused") {
      this.refuse(note.reason);
    } else if (note?.type === "begins") {
      this.onBegins(note);
    }
  }

  private onBegins(begins: Begins): void {
    const asPictures = begins.media_type === PICTURES;
    if (asPictures !== (this.form === "pictures") || (!asPictures && !plays(begins.media_type))) {
      this.refuse("browser");
      return;
    }
    this.begins = begins;
    this.listener.zones(begins.zones);
  }

  private onPiece(piece: Uint8Array<ArrayBuffer>): void {
    if (this.begins === null) {
      return;
    }
    if (piece[0] === PICTURE) {
      this.pictures ??= new Pictures(this.canvas, this.onPlaying);
      this.pictures.append(piece);
      return;
    }
    if (piece[0] === BEGINNING) {
      this.playback?.close();
      this.looks.clear();
      this.playback = new Playback(this.video, this.begins.media_type, () => {
        this.onFault();
      });
    }
    this.playback?.append(piece.subarray(1));
  }

  /** Some browsers promise an encoding, and then cannot play it. */
  private onFault(): void {
    this.faults += 1;
    if (this.faults < MOST_FAULTS) {
      this.again();
    } else {
      this.refuse("browser");
    }
  }

  /** Where only the encoding is in the way, pictures are asked for instead. */
  private refuse(reason: Reason): void {
    if ((reason === "browser" || reason === "codec") && this.form === "packets") {
      this.disconnect();
      this.form = "pictures";
      this.listener.form(this.form);
      void this.connect();
      return;
    }
    this.close();
    this.listener.state("refused", reason);
  }

  private disconnect(): void {
    if (this.socket !== null) {
      this.socket.onclose = this.socket.onmessage = null;
      this.socket.close();
      this.socket = null;
    }
    this.playback?.close();
    this.playback = null;
    this.pictures?.close();
    this.pictures = null;
    this.begins = null;
    this.looks.clear();
  }

  private again(): void {
    this.disconnect();
    if (!this.isOpen) {
      return;
    }
    this.listener.state("waiting", null);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), this.retryMs);
    this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
  }
}
