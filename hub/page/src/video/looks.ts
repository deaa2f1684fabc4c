/** The boxes of the picture that is shown now, from looks that came some tenths of a second after theirs. */
import type { Box, Look, SeenObject } from "./messages";

/** Seconds for which boxes stand after their look; patient scenes look seldom. */
export const STALE = 5;
/** Looks that are kept: more than any player lags behind. */
const MOST = 60;

/** The latest looks of one camera, in the order of their time. */
export class Looks {
  private kept: Look[] = [];

  add(look: Look): void {
    this.kept.push(look);
    if (this.kept.length > MOST) {
      this.kept.shift();
    }
  }

  clear(): void {
    this.kept = [];
  }

  /** What is seen at a moment (seconds since the Unix epoch): between two looks each object moves evenly. */
  at(time: number): { objects: readonly SeenObject[]; age: number } {
    const next = this.kept.findIndex((look) => look.time > time);
    const before = this.kept[next === -1 ? this.kept.length - 1 : next - 1];
    if (before === undefined || time - before.time > STALE) {
      return { objects: [], age: 0 };
    }
    const after = next === -1 ? undefined : this.kept[next];
    if (after === undefined) {
      return { objects: before.objects, age: time - before.time };
    }
    const share = (time - before.time) / (after.time - before.time);
    const objects = before.objects.map((one) => {
      const later = after.objects.find((other) => other.track === one.track);
      return later === undefined ? one : { ...one, box: between(one.box, later.box, share) };
    });
    return { objects, age: 0 };
  }
}

function between(from: Box, to: Box, share: number): Box {
  const mix = (index: 0 | 1 | 2 | 3): number => from[index] + (to[index] - from[index]) * share;
  return [mix(0), mix(1), mix(2), mix(3)];
}
