/** How a player stays close behind what is live: how fast to play, and when to jump. */

/** Seconds behind the newest picture that a player aims at; less, and each late packet is a stop. */
export const AIM = 0.3;
/** Seconds behind from which it jumps. */
export const TOO_FAR = 1.2;
/** Seconds behind below which it plays slower, and above which faster; between them packets may come unevenly. */
const NEAR = 0.12;
const FAR = 0.38;
/** How fast it plays at most; a jump is seen more. */
export const MOST_RATE = 1.5;

export type Step = { kind: "jump"; to: number } | { kind: "rate"; rate: number };

/** What to do at `time` with the newest picture at `end`, both in seconds of the file. */
export function step(time: number, end: number): Step {
  const behind = end - time;
  if (behind > TOO_FAR || behind < -0.5) {
    return { kind: "jump", to: Math.max(0, end - AIM) };
  }
  if (behind > FAR) {
    return { kind: "rate", rate: Math.min(MOST_RATE, 1 + behind - AIM) };
  }
  return { kind: "rate", rate: behind < NEAR ? 0.94 : 1 };
}
