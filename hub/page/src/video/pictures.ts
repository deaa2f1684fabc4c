/** Live video as whole pictures, for a browser that cannot play the camera's own: drawn a moment late, with their looks. */
import { AIM } from "./pace";

/** Bytes before a picture: its kind, and the time of its moment. */
const HEAD = 9;

/** Draws on a canvas what comes, each picture as long after the first hearing of it as a player stays behind. */
export class Pictures {
  private readonly waiting = new Set<ReturnType<typeof setTimeout>>();
  private shownTime: number | null = null;
  private closed = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onShown: () => void,
  ) {}

  /** The moment of the picture that is shown (seconds since the Unix epoch); null before there is one. */
  get time(): number | null {
    return this.shownTime;
  }

  /** Take in a picture behind its kind and time. */
  append(piece: Uint8Array<ArrayBuffer>): void {
    const came = performance.now();
    const time = new DataView(piece.buffer, piece.byteOffset).getFloat64(1);
    const jpeg = new Blob([piece.subarray(HEAD)], { type: "image/jpeg" });
    createImageBitmap(jpeg).then(
      (picture) => {
        const timer = setTimeout(() => {
          this.waiting.delete(timer);
          this.draw(picture, time);
        }, AIM * 1000 - (performance.now() - came));
        this.waiting.add(timer);
      },
      () => undefined, // a broken one: the next comes at once
    );
  }

  close(): void {
    this.closed = true;
    this.waiting.forEach(clearTimeout);
    this.waiting.clear();
  }

  private draw(picture: ImageBitmap, time: number): void {
    if (!this.closed) {
      const { canvas } = this;
      if (canvas.width !== picture.width || canvas.height !== picture.height) {
        canvas.width = picture.width;
        canvas.height = picture.height;
      }
      canvas.getContext("2d")?.drawImage(picture, 0, 0);
      this.shownTime = time;
      this.onShown();
    }
    picture.close();
  }
}
