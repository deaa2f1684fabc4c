/** How loud this browser calls a person; kept here, because it belongs to the desk and the ears at it. */
import { computed, reactive, watch } from "vue";

/** Names of what is kept begin so; a person's own name follows. */
export const CALLS = "sharp-eyes.calls.";

export interface CallSettings {
  sound: boolean;
  /** 0 to 1. */
  volume: number;
  /** Only alerts that are major are heard. */
  majorOnly: boolean;
  notify: boolean;
}

const FIRST: CallSettings = { sound: true, volume: 0.6, majorOnly: false, notify: false };

export const callSettings = reactive<CallSettings>({ ...FIRST });
let owner = "";

/** Take over what a person has set in this browser, and keep what they set from now on. */
export function loadCallSettings(username: string): () => void {
  owner = username;
  Object.assign(callSettings, FIRST, readStored());
  return watch(callSettings, (now) => {
    localStorage.setItem(CALLS + owner, JSON.stringify(now));
  });
}

export const isQuiet = computed(() => !callSettings.sound || callSettings.volume === 0);

function readStored(): Partial<CallSettings> {
  try {
    return JSON.parse(localStorage.getItem(CALLS + owner) ?? "{}") as Partial<CallSettings>;
  } catch {
    return {}; // somebody wrote into it by hand
  }
}
