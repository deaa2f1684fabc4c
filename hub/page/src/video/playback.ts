/** A growing file in a video element, by Media Source Extensions: short in memory and close behind what is live. */
import { step } from "./pace";

/** Seconds of what was shown that are kept, and from which the rest is dropped. */
const KEPT = 4;
const DROP_FROM = 12;
const LOOK_EVERY_MS = 200;

/** Whether this browser plays a media type piece by piece. */
export function plays(mediaType: string): boolean {
  return typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mediaType);
}

/** One file from its beginning on; for another beginning another one is made. */
export class Playback {
  private readonly source = new MediaSource();
  private readonly address = URL.createObjectURL(this.source);
  private readonly waiting: Uint8Array<ArrayBuffer>[] = [];
  private readonly timer: ReturnType<typeof setInterval>;
  private buffer: SourceBuffer | null = null;
  private closed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    mediaType: string,
    /** Called once when the browser cannot go on with it. */
    private readonly onFault: () => void,
  ) {
    this.source.addEventListener("sourceopen", () => {
      URL.revokeObjectURL(this.address);
      if (this.closed) {
        return;
      }
      this.buffer = this.source.addSourceBuffer(mediaType);
      this.buffer.addEventListener("updateend", () => {
        this.feed();
      });
      this.feed();
    });
    video.addEventListener("error", this.fail);
    video.src = this.address;
    this.timer = setInterval(() => {
      this.follow();
    }, LOOK_EVERY_MS);
  }

  /** Take in a piece of the file. */
  append(piece: Uint8Array<ArrayBuffer>): void {
    this.waiting.push(piece);
    this.feed();
  }

  close(): void {
    if (this.closed) {
      return;
    }
    this.closed = true;
    clearInterval(this.timer);
    this.video.removeEventListener("error", this.fail);
    this.video.removeAttribute("src");
    this.video.load();
  }

  private readonly fail = (): void => {
    if (!this.closed) {
      this.close();
      this.onFault();
    }
  };

  private feed(): void {
    const buffer = this.buffer;
    if (this.closed || buffer === null || buffer.updating || this.waiting.length === 0) {
      return;
    }
    try {
      buffer.appendBuffer(joined(this.waiting.splice(0)));
    } catch {
      this.fail(); // a full buffer, or a file that this browser cannot take: it is begun anew
    }
  }

  private follow(): void {
    const { buffer, video } = this;
    if (this.closed || buffer === null || buffer.updating || buffer.buffered.length === 0) {
      return;
    }
    const next = step(video.currentTime, buffer.buffered.end(buffer.buffered.length - 1));
    if (next.kind === "jump") {
      video.currentTime = next.to;
    } else {
      video.playbackRate = next.rate;
    }
    if (video.paused) {
      void video.play().catch(() => undefined); // a browser that lets nothing play by itself shows the first picture
    }
    if (video.currentTime - buffer.buffered.start(0) > DROP_FROM) {
      buffer.remove(0, video.currentTime - KEPT);
    }
  }
}

/** Pieces as one. */
export function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}
