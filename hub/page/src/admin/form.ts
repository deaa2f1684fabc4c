/** A form in a window: sent once at a time, its refusal kept for showing; once done it says so, tells the list and closes. */
import { computed, inject, provide, shallowRef, type InjectionKey, type Ref, type ShallowRef } from "vue";

import { t } from "@/i18n/words";
import { say } from "@/live/said";

import { useAct, type Act } from "./act";

export type Seen = Record<string, unknown>;

/** Of a thing, what a form of it can change. */
export function seenOf<T extends object>(thing: T | null, ...fields: readonly (keyof T & string)[]): Seen | null {
  return thing === null ? null : Object.fromEntries(fields.map((name) => [name, thing[name]]));
}

interface Frame extends Act {
  /** What the window is called, for saying that it is done. */
  title: Ref<string>;
}

export interface Form extends Act {
  /** What the thing was when the change was begun, for the hub to hold against what it is; nothing of a new one. */
  seen: ShallowRef<Seen | null>;
  /** Do it: on success the list is told and the window closes; where somebody else was quicker, the list alone is told. */
  save: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** What a form tells whoever opened it. */
type FormEnd = "changed" | "close";
export type Ends = ((event: "changed") => void) & ((event: "close") => void);

const FRAME: InjectionKey<Frame> = Symbol("form");

/** Where the window is closed by whoever opened it, in its own way. */
export function ends(changed: () => unknown, close: () => unknown): Ends {
  return (end: FormEnd): void => {
    (end === "changed" ? changed : close)();
  };
}

/** Of a form that shows what came of it, and is closed by hand: the `AdminForm` below it shows its state. */
export function useFormAct(): Act & { title: Ref<string> } {
  const made = { ...useAct(), title: shallowRef("") };
  provide(FRAME, made);
  return made;
}

/** Of a form that is over once it is saved. `begun`: what it changes, as it is shown where the form opens. */
export function useForm(end: Ends, begun: Seen | null = null): Form {
  const seen = shallowRef(begun);
  const made = useFormAct();
  const save = async (work: () => Promise<unknown>): Promise<boolean> => {
    const done = await made.act(work);
    if (done) {
      say(t("admin.did", { what: made.title.value }));
      end("changed");
      end("close");
    } else if (made.refused.value?.code === "changed_meanwhile") {
      if (seen.value !== null) {
        seen.value = { ...seen.value, ...made.refused.value.now }; // it is shown now, and sent again knowingly
      }
      end("changed");
    }
    return done;
  };
  return { ...made, save, seen };
}

/** The state that the window above shows; of one without a form behind it, of a table that is only noted, nothing. */
export function useFrame(title: () => string): Act {
  const frame = inject(FRAME, null);
  if (frame === null) {
    return { busy: computed(() => false), refused: shallowRef(null), act: () => Promise.resolve(false) };
  }
  frame.title.value = title();
  frame.refused.value = null; // of a window that was open before
  return frame;
}
