import { afterEach, describe, expect, it } from "vitest";
import { createApp } from "vue";

import { followKeys, keyOf, useCommands, type Command } from "@/keys/commands";

let ends: (() => void)[] = [];

/** A part of the page that offers commands, as long as it is there. */
function offering(...commands: readonly Pick<Command, "keys" | "run" | "may">[]): () => void {
  const app = createApp({
    setup: () => {
      useCommands(() => commands.map((one, index) => ({ id: String(index), group: "keys.list", words: () => "", ...one })));
      return () => null;
    },
  });
  app.mount(document.createElement("div"));
  const end = (): void => {
    app.unmount();
  };
  ends.push(end);
  return end;
}

function press(key: string, target: EventTarget = document.body, more: KeyboardEventInit = {}): boolean {
  return !target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

afterEach(() => {
  ends.forEach((end) => {
    end();
  });
  ends = [];
  document.body.innerHTML = "";
});

describe("the keyboard", () => {
  it("names a key as it stands on the keyboard, with what is held beside it", () => {
    const of = (key: string, held: Partial<KeyboardEventInit> = {}): string | null => keyOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
    expect([of("j"), of("J", { shiftKey: true }), of("?", { shiftKey: true }), of("k", { ctrlKey: true }), of("k", { metaKey: true }), of("Tab", { shiftKey: true })]).toEqual(["j", "Shift+j", "?", "Mod+k", "Mod+k", "Shift+Tab"]);
    expect(of("j", { altKey: true })).toBeNull();
  });

  it("gives Escape to what was opened last, and to what is below once that is gone", () => {
    ends.push(followKeys());
    const closed: string[] = [];
    offering({ keys: ["Escape"], run: () => closed.push("list") });
    const end = offering({ keys: ["Escape"], run: () => closed.push("form") });
    press("Escape");
    end();
    press("Escape");
    expect(closed).toEqual(["form", "list"]);
  });

  it("passes over what may not be done now, and leaves the key to the browser where nothing may", () => {
    ends.push(followKeys());
    let done = 0;
    offering({ keys: ["d"], run: () => (done += 1) });
    offering({ keys: ["d"], may: () => false, run: () => (done += 100) });
    expect([press("d"), press("x"), done]).toEqual([true, false, 1]);
  });

  it("leaves letters to whoever writes, but not Escape and the palette", () => {
    ends.push(followKeys());
    document.body.innerHTML = "<textarea></textarea>";
    const field = document.querySelector("textarea") as unknown as EventTarget;
    const done: string[] = [];
    offering(...["j", "/", "Escape", "Mod+k"].map((key) => ({ keys: [key], run: () => done.push(key) })));
    press("j", field);
    press("/", field);
    press("Escape", field);
    press("k", field, { ctrlKey: true });
    expect(done).toEqual(["Escape", "Mod+k"]);
  });

  it("is all the window's where one is open over the page", () => {
    ends.push(followKeys());
    document.body.innerHTML = "<dialog open></dialog>";
    let done = 0;
    offering({ keys: ["j"], run: () => (done += 1) });
    press("j");
    expect(done).toBe(0);
  });
});
