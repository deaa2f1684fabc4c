/** From an open case to the next one of the list by the keys of the list, and back to the list. */
import { watch } from "vue";
import { useRouter } from "vue-router";

import { t } from "@/i18n/words";
import { useCommands } from "@/keys/commands";

import { queueIds } from "./caseQueue";
import { keepCase, wayBack } from "./wayBack";

export function useNeighbours(id: () => number): void {
  const router = useRouter();
  watch(id, keepCase, { immediate: true });
  const step = (by: number): void => {
    const at = queueIds.value.indexOf(id());
    const next = queueIds.value[at + by];
    if (at >= 0 && next !== undefined) {
      void router.replace({ name: "case", params: { id: next } });
    }
  };
  useCommands(() => [
    { id: "next", group: "keys.list", words: () => t("keys.next"), keys: ["j"], run: () => { step(1); } },
    { id: "previous", group: "keys.list", words: () => t("keys.previous"), keys: ["k"], run: () => { step(-1); } },
    {
      id: "close",
      group: "keys.everywhere",
      words: () => t("keys.close"),
      keys: ["Escape"],
      run: () => void router.push(wayBack.value),
    },
  ]);
}
