/** Sounds made on the spot, one for each grade: no files. A browser lets a page sound only after a person touched it. */
import { ref } from "vue";

import type { Grade } from "@/api/types";

import { callSettings } from "./settings";

/** Pitch in Hz and seconds of each tone. Graver: more tones, higher, and rising and falling like a siren. */
const TONES: Readonly<Record<Grade, readonly (readonly [pitch: number, seconds: number])[]>> = {
  ordinary: [[660, 0.16]],
  serious: [[740, 0.16], [880, 0.22]],
  major: [[988, 0.18], [740, 0.18], [988, 0.18], [740, 0.18], [988, 0.3]],
};
const GAP = 0.05;
const EDGE = 0.02;
/** Not a press: the words that go with it would move the button from under the finger. */
const GESTURES = ["click", "keydown"] as const;

let context: AudioContext | null = null;

/** Whether the browser keeps the page silent until somebody touches it. */
export const soundBlocked = ref(true);

/** Make ready to sound with the first touch. Gives back the function that ends it. */
export function unlockSound(): () => void {
  const onGesture = (): void => void wake();
  GESTURES.forEach((gesture) => {
    window.addEventListener(gesture, onGesture, { passive: true });
  });
  return () => {
    GESTURES.forEach((gesture) => {
      window.removeEventListener(gesture, onGesture);
    });
  };
}

async function wake(): Promise<void> {
  if (!("AudioContext" in window)) {
    return;
  }
  context ??= new AudioContext();
  if (context.state !== "running") {
    await context.resume().catch(() => undefined);
  }
  soundBlocked.value = context.state !== "running";
}

/** Sound for a grade, if the browser lets us. */
export function playGrade(grade: Grade): void {
  if (context?.state !== "running") {
    return;
  }
  let at = context.currentTime;
  for (const [pitch, seconds] of TONES[grade]) {
    tone(context, pitch, at, seconds);
    at += seconds + GAP;
  }
}

function tone(audio: AudioContext, pitch: number, at: number, seconds: number): void {
  const source = new OscillatorNode(audio, { type: "triangle", frequency: pitch });
  const loudness = new GainNode(audio, { gain: 0 });
  // soft edges, else each tone begins and ends with a crack
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(callSettings.volume, at + EDGE);
  loudness.gain.setValueAtTime(callSettings.volume, at + seconds - EDGE);
  loudness.gain.linearRampToValueAtTime(0, at + seconds);
  source.connect(loudness).connect(audio.destination);
  source.start(at);
  source.stop(at + seconds);
}
