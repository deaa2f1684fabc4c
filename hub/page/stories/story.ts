/** What a story is: a component, and the states in which it can be met. */
import type { Component } from "vue";

import type { Answers } from "./pretendHub";

export interface State<Props> {
  props: Props;
  /** What the hub answers while it stands there. */
  hub?: Answers;
  /** Begins what the page itself runs beside it, such as the counts; gives back what ends it. */
  follow?: () => () => void;
  /** Opens or writes something once it stands there. */
  then?: (root: HTMLElement) => void;
  /** In this state there is nothing to see. */
  isEmpty?: boolean;
}

export interface Story {
  component: Component;
  states: Readonly<Record<string, State<object>>>;
}

type PropsOf<C> = C extends new (...given: never) => { $props: infer P } ? P : never;

/** A component with its states, each under its name. */
export function story<C extends Component>(component: C, states: Readonly<Record<string, State<PropsOf<C>>>>): Story {
  return { component, states: states as unknown as Story["states"] };
}
