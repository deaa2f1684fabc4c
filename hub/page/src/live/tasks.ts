/** What the unit of whoever is signed in has to do: from the hub, and without network as it was last. */
import { computed, shallowRef } from "vue";

import { hub, HubError, take } from "@/api/client";
import type { Tasks, TaskView } from "@/api/types";
import { callForTask } from "@/calls/calling";
import { onCaseChange } from "@/queue/changes";

import { keep, kept } from "./keep";
import { forgetSent, onSent } from "./outbox";
import { onLinkOpen } from "./stream";

const SOON_MS = 400;
const EMPTY: Tasks = { unit: null, tasks: [], send_back_reasons: [] };

interface Kept {
  tasks: Tasks;
  at: string;
}

const shown = shallowRef<Kept | null>(null);
const isOld = shallowRef(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export const tasks = computed(() => shown.value?.tasks ?? EMPTY);
export const tasksLoaded = computed(() => shown.value !== null);
/** When the hub said so last, where it cannot be asked now. */
export const tasksOldSince = computed(() => (isOld.value ? (shown.value?.at ?? null) : null));

export function taskOf(caseId: number): TaskView | null {
  return tasks.value.tasks.find((one) => one.case.id === caseId) ?? null;
}

/** Load them, and follow what happens. Gives back the function that ends it. */
export function followTasks(username: string): () => void {
  const name = `tasks of ${username}`;
  void kept("shown", name).then((found) => {
    if (shown.value === null && found !== undefined) {
      shown.value = found as Kept;
      isOld.value = true;
    }
  });
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(name), SOON_MS);
  };
  const ends = [onLinkOpen(() => void load(name)), onCaseChange(soon), onSent(soon)];
  void load(name);
  return () => {
    clearTimeout(timer);
    ends.forEach((end) => {
      end();
    });
    shown.value = null;
  };
}

async function load(name: string): Promise<void> {
  try {
    const fetched = await take(hub.GET("/api/tasks"));
    const found = { tasks: fetched as Tasks, at: new Date().toISOString() };
    const known = isOld.value ? null : shown.value;
    shown.value = found;
    isOld.value = false;
    if (known !== null) {
      const before = new Set(known.tasks.tasks.map(({ case: one, turn }) => `${one.id} ${turn.number}`));
      found.tasks.tasks.filter(({ case: one, turn }) => !before.has(`${one.id} ${turn.number}`)).forEach(callForTask);
    }
    await keep("shown", name, found);
    await forgetSent((caseId) => taskOf(caseId) !== null);
  } catch (error) {
    if (!(error instanceof HubError)) {
      throw error;
    }
    isOld.value = shown.value !== null;
  }
}
