/**
 * The case that is chosen in the list, by hand or by keys. On a wide screen it is shown beside the list: a click chooses,
 * a second one or Enter opens it.
 */
import { onMounted, onUnmounted, ref, watch, type Ref } from "vue";
import { useRouter } from "vue-router";

import type { CaseSummary } from "@/api/types";
import { t } from "@/i18n/words";
import { useCommands } from "@/keys/commands";

import { markSeen } from "./arrivals";
import { clearSelection, selected, selectTo, toggle } from "./selection";

export interface Chosen {
  chosen: Ref<number | null>;
  isWide: Readonly<Ref<boolean>>;
  choose: (item: CaseSummary, event: MouseEvent) => void;
}

const inMoves = (): boolean => document.activeElement?.closest(".preview") != null;
const onRow = (): boolean => document.activeElement?.hasAttribute("data-case") ?? false;

/** `reveal` brings a row onto the screen and gives it the focus. */
export function useChosen(ids: () => readonly number[], reveal: (id: number) => void): Chosen {
  const router = useRouter();
  const chosen = ref<number | null>(null);
  const wide = window.matchMedia("(min-width: 1180px)");
  const isWide = ref(wide.matches);

  const open = (id: number): void => void router.push({ name: "case", params: { id } });

  function choose(item: CaseSummary, event: MouseEvent): void {
    if (event.shiftKey && selected.value.length > 0) {
      event.preventDefault();
      selectTo(item.id, ids());
      return;
    }
    if (event.metaKey || event.ctrlKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    markSeen(item.id);
    if (isWide.value && event.detail === 1) {
      chosen.value = item.id;
    } else {
      open(item.id);
    }
  }

  /** The first step only gives the keyboard to the row that is chosen. */
  function step(by: number): void {
    const all = ids();
    const at = all.indexOf(chosen.value ?? -1);
    const next = all[Math.max(0, Math.min(all.length - 1, onRow() ? at + by : at))];
    if (next !== undefined) {
      chosen.value = next;
      reveal(next);
    }
  }

  function stretch(by: number): void {
    if (chosen.value !== null && selected.value.length === 0) {
      toggle(chosen.value);
    }
    step(by);
    if (chosen.value !== null) {
      selectTo(chosen.value, ids());
    }
  }

  function toRow(): void {
    if (chosen.value !== null) {
      reveal(chosen.value);
    }
  }

  function close(): void {
    if (inMoves()) {
      toRow();
    } else if (!clearSelection()) {
      chosen.value = null;
    }
  }

  const move = { group: "keys.list", may: () => ids().length > 0 } as const;
  useCommands(() => [
    { ...move, id: "next", words: () => t("keys.next"), keys: ["j", "ArrowDown"], run: () => { step(1); } },
    { ...move, id: "previous", words: () => t("keys.previous"), keys: ["k", "ArrowUp"], run: () => { step(-1); } },
    {
      id: "open",
      group: "keys.list",
      words: () => t("keys.open"),
      keys: ["Enter"],
      may: () => chosen.value !== null && document.activeElement === document.body,
      run: () => { open(chosen.value ?? 0); },
    },
    {
      id: "select",
      group: "keys.selection",
      words: () => t("keys.select"),
      keys: ["x"],
      may: () => chosen.value !== null,
      run: () => { toggle(chosen.value ?? 0); },
    },
    ...([["Shift+j", 1, "keys.selectTo"], ["Shift+k", -1, "keys.selectBack"]] as const).map(([key, by, words]) => ({
      id: `select-to-${key}`,
      group: "keys.selection" as const,
      words: () => t(words),
      keys: [key],
      may: move.may,
      run: () => { stretch(by); },
    })),
    { id: "to-row", group: "keys.list", words: () => t("keys.toRow"), keys: [".", "ArrowLeft"], may: inMoves, run: toRow },
    { id: "close", group: "keys.everywhere", words: () => t("keys.close"), keys: ["Escape"], run: close },
  ]);

  watch(
    () => ids()[0] ?? null,
    (first) => {
      chosen.value ??= first;
    },
  );
  const onWidth = (): void => {
    isWide.value = wide.matches;
  };
  onMounted(() => {
    wide.addEventListener("change", onWidth);
  });
  onUnmounted(() => {
    wide.removeEventListener("change", onWidth);
  });
  return { chosen, isWide, choose };
}
