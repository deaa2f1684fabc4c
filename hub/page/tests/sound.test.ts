import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Grade } from "@/api/types";
import { callSettings } from "@/calls/settings";
import { playGrade, soundBlocked, unlockSound } from "@/calls/sound";

let tones: { pitch: number; seconds: number }[] = [];
let loudest = 0;

class Context {
  state = "suspended";
  currentTime = 0;
  destination = {};
  resume = (): Promise<void> => {
    this.state = "running";
    return Promise.resolve();
  };
}
class Tone {
  private began = 0;
  constructor(_context: Context, private readonly options: { frequency: number }) {}
  connect = <T>(next: T): T => next;
  start = (at: number): void => {
    this.began = at;
  };
  stop = (at: number): void => {
    tones.push({ pitch: this.options.frequency, seconds: at - this.began });
  };
}
class Loudness {
  gain = {
    setValueAtTime: (): void => undefined,
    linearRampToValueAtTime: (value: number): void => {
      loudest = Math.max(loudest, value);
    },
  };
  connect = <T>(next: T): T => next;
}

function heard(grade: Grade): string {
  tones = [];
  playGrade(grade);
  return tones.map(({ pitch, seconds }) => `${pitch}/${seconds.toFixed(2)}`).join(" ");
}

describe("the sound of an alert", () => {
  let end = (): void => undefined;
  beforeEach(() => {
    loudest = 0;
    vi.stubGlobal("AudioContext", Context);
    vi.stubGlobal("OscillatorNode", Tone);
    vi.stubGlobal("GainNode", Loudness);
    end = unlockSound();
  });
  afterEach(() => {
    end();
    vi.unstubAllGlobals();
  });

  it("waits for a person's touch, and then tells the grades apart, the graver the longer", async () => {
    expect(soundBlocked.value).toBe(true);
    expect(heard("major")).toBe("");
    window.dispatchEvent(new Event("click"));
    await vi.waitFor(() => {
      expect(soundBlocked.value).toBe(false);
    });
    const [ordinary, serious, major] = (["ordinary", "serious", "major"] as const).map(heard) as [string, string, string];
    expect(new Set([ordinary, serious, major]).size).toBe(3);
    const counts = [ordinary, serious, major].map((one) => one.split(" ").length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(ordinary).not.toBe("");
    callSettings.volume = 0.25;
    loudest = 0;
    heard("serious");
    expect(loudest).toBe(0.25);
  });
});
