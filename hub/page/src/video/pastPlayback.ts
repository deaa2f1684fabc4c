/** Files of the past in one video element, each at its own place on one line of time, by Media Source Extensions. */
import { joined, plays } from "./playback";

/** Seconds around the picture that are kept in memory, and where that is too much. */
const KEPT = 60;
const KEPT_WHERE_FULL = 15;

interface Beginning {
  mediaType: string;
  offset: number;
}

/** Belongs to one video element. Times are seconds of that element. */
export class PastPlayback {
  private readonly source = new MediaSource();
  private readonly address = URL.createObjectURL(this.source);
  private readonly waiting: (Beginning | Uint8Array<ArrayBuffer>)[] = [];
  private buffer: SourceBuffer | null = null;
  private mediaType = "";
  private closed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly seconds: number,
    /** Called once when the browser cannot go on with it. */
    private readonly onFault: () => void,
  ) {
    this.source.addEventListener("sourceopen", () => {
      URL.revokeObjectURL(this.address);
      if (!this.closed) {
        this.source.duration = this.seconds;
        this.feed();
      }
    });
    video.addEventListener("error", this.fail);
    video.src = this.address;
  }

  /** What is appended from now on is a file whose time 0 stands at `offset`. */
  begin(mediaType: string, offset: number): void {
    this.waiting.push({ mediaType, offset });
  }

  append(piece: Uint8Array<ArrayBuffer>): void {
    this.waiting.push(piece);
    this.feed();
  }

  /** Seconds that can be played on from a moment. */
  ahead(time: number): number {
    const { buffered } = this.video;
    for (let place = 0; place < buffered.length; place += 1) {
      if (buffered.start(place) <= time + 0.01 && time < buffered.end(place)) {
        return buffered.end(place) - time;
      }
    }
    return 0;
  }

  /** Where pictures begin within half a second behind a moment that has none. */
  justBehind(time: number): number | null {
    const { buffered } = this.video;
    for (let place = 0; place < buffered.length; place += 1) {
      const start = buffered.start(place);
      if (start > time && start - time < 0.5) {
        return start + 0.01;
      }
    }
    return null;
  }

  close(): void {
    if (this.closed) {
      return;
    }
    this.closed = true;
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

  private readonly feed = (): void => {
    if (this.closed || this.source.readyState !== "open" || this.buffer?.updating === true) {
      return;
    }
    try {
      this.feedNext();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "QuotaExceededError" && this.dropBeyond(KEPT_WHERE_FULL))) {
        this.fail();
      }
    }
  };

  private feedNext(): void {
    const next = this.waiting[0];
    if (next === undefined) {
      this.dropBeyond(KEPT);
    } else if (next instanceof Uint8Array) {
      const end = this.waiting.findIndex((one) => !(one instanceof Uint8Array));
      const pieces = this.waiting.slice(0, end === -1 ? this.waiting.length : end) as Uint8Array<ArrayBuffer>[];
      this.buffer?.appendBuffer(joined(pieces));
      this.waiting.splice(0, pieces.length);
    } else {
      this.place(next);
      this.waiting.shift();
      this.feed();
    }
  }

  private place({ mediaType, offset }: Beginning): void {
    if (!plays(mediaType)) {
      throw new TypeError(mediaType);
    }
    if (this.buffer === null) {
      this.buffer = this.source.addSourceBuffer(mediaType);
      this.buffer.addEventListener("updateend", this.feed);
    } else if (mediaType !== this.mediaType) {
      this.buffer.changeType(mediaType);
    }
    this.mediaType = mediaType;
    this.buffer.timestampOffset = offset;
  }

  /** Forget what lies further than so many seconds from the picture; gives whether there was something. */
  private dropBeyond(seconds: number): boolean {
    const { buffer, video } = this;
    if (buffer === null || buffer.buffered.length === 0) {
      return false;
    }
    const before = video.currentTime - seconds;
    const behind = video.currentTime + seconds;
    const start = buffer.buffered.start(0);
    const end = buffer.buffered.end(buffer.buffered.length - 1);
    if (start < before - 1) {
      buffer.remove(0, before);
      return true;
    }
    if (end > behind + 1) {
      buffer.remove(behind, Infinity);
      return true;
    }
    return false;
  }
}
