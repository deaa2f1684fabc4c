/** What a story is: a component, and the states in which it can be met. */
import type { Component } from "vue";

import type { Answers } from "./pretendHub";

export interface State<Props> {
  props: Props;
  /** What stands in its slot. */
  slot?: string;
  /** What the hub answers while it stands there. */
  hub?: Answers;
  /** Begins what the page itself runs beside it, such as the counts; gives back what ends it. */
  follow?: () => (() => void) | Promise<() => void>;
  /** Opens or writes something once it stands there. */
  then?: (root: HTMLElement) => void;
  /** It needs more of a browser than the tests have: a map that is drawn, a disk. */
  needsBrowser?: boolean;
  /** In this state there is nothing to see. */
  isEmpty?: boolean;
}

type States<Props> = Readonly<Record<string, State<Props>>>;

export interface Story {
  component: Component;
  states: States<object>;
}

type PropsOf<C> = C extends new (...given: never) => { $props: infer P } ? P : never;

/** A component with its states, each under its name. */
export function story<C extends Component>(component: C, states: States<PropsOf<C>>): Story {
  return { component, states: states as unknown as Story["states"] };
}

/** The states of what is asked of the hub at `path`: on its way, there, nothing there, and refused. */
export function asked<P>(state: State<P>, path: string, there: unknown, nothing?: unknown): Record<string, State<P>> {
  const hub = (answer: Answers[string]): State<P> => ({ ...state, hub: { ...state.hub, [path]: answer } });
  return {
    loading: hub("never"),
    there: hub({ body: there }),
    ...(nothing === undefined ? {} : { nothing: hub({ body: nothing }) }),
    refused: hub({ refused: "not_allowed", status: 403 }),
  };
}

/** Sends the form as it stands, whatever is missing in it. */
export function submit(root: HTMLElement): void {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
}

/** Once what was asked of the hub has come. */
export function soon(then: (root: HTMLElement) => void): (root: HTMLElement) => void {
  return (root) => {
    setTimeout(() => {
      then(root);
    }, 50);
  };
}

/** Presses what is found by a selector, once the state stands there. */
export function press(...selectors: string[]): (root: HTMLElement) => void {
  return (root) => {
    selectors.forEach((selector) => {
      root.querySelector<HTMLElement>(selector)?.click();
    });
  };
}
