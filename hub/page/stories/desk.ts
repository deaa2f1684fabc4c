/** The desk: the list and its selection, the keyboard, calls. */
import { createApp } from "vue";

import CallBar from "@/calls/CallBar.vue";
import DutyCall from "@/calls/DutyCall.vue";
import AppKeys from "@/keys/AppKeys.vue";
import CommandPalette from "@/keys/CommandPalette.vue";
import DialogBox from "@/keys/DialogBox.vue";
import KeyCaps from "@/keys/KeyCaps.vue";
import KeyTable from "@/keys/KeyTable.vue";
import { useCommands } from "@/keys/commands";
import { t } from "@/i18n/words";
import { followCity } from "@/live/city";
import { followDutyCalls } from "@/calls/dutyCalls";
import { followQueue, showQueue } from "@/queue/caseQueue";
import { followCounts } from "@/queue/counts";
import type { QueueQuery } from "@/queue/groups";
import QueueBar from "@/queue/QueueBar.vue";
import QueueFilters from "@/queue/QueueFilters.vue";
import QueueRows from "@/queue/QueueRows.vue";
import RowPick from "@/queue/RowPick.vue";
import SelectionBar from "@/queue/SelectionBar.vue";
import { clearSelection, selectAll } from "@/queue/selection";
import SharedForm from "@/queue/SharedForm.vue";

import { example } from "./examples";
import { following } from "./follow";
import { ago, CITY, fresh, late, LONG, REASONS, wordy } from "./samples";
import { handler } from "./sessions";
import { story } from "./story";

const city = { "/api/city": { body: CITY } };
const within = { hub: city, follow: following(followCity) };
const asked: QueueQuery = { group: "open", scene: null, order: "rank", words: "" };
const cases = { items: [fresh, late, wordy], next: null, total: 3 };
const queue = { ...city, "/api/cases": { body: cases } };
const counts = example("CaseCountsView", { unacknowledged: 3, unacknowledged_major: 1, unacknowledged_serious: 2 });
const call = example("CallView", { case: 7, number: "2026-000007", kind_name: { zh: "烟感报警", en: "Smoke alarm" }, grade: "major", address: LONG, area_name: null, note: "钥匙在 102", lone_elder: true, metres: 320, until: ago(-25) });
const shared = example("SharedMoveView", { move: "dispatch", needs: ["unit", "note"], either: [], reasons: [], units: [], count: 3 });
const moves = [example("SharedMoveView", { move: "file", needs: [], count: 3 }), shared, { ...shared, move: "reject" as const, needs: ["reason" as const], reasons: REASONS }, { ...shared, move: "urge" as const, count: 1 }];
const byId = new Map(cases.items.map((item) => [item.id, item]));
const rows = { ids: [...byId.keys()], item: (id: number) => byId.get(id), gone: (id: number) => id === wordy.id, chosen: fresh.id, selectable: true, total: 3, words: "" };

/** Some cases are selected in the list. */
async function selecting(): Promise<() => void> {
  const end = await within.follow();
  await selectAll(asked);
  return () => {
    clearSelection();
    end();
  };
}

/** The list is loaded. */
async function listed(): Promise<() => void> {
  const ends = [await within.follow(), followQueue()];
  await showQueue(asked);
  return () => {
    ends.forEach((end) => {
      end();
    });
  };
}

/** Something else on the page offers commands. */
async function commanding(): Promise<() => void> {
  const end = await within.follow();
  const other = createApp({
    setup: () => {
      useCommands(() => [
        { id: "next", group: "keys.list", words: () => t("keys.next"), keys: ["j", "ArrowDown"], named: true, run: () => undefined },
        { id: "long", group: "keys.case", words: () => LONG, keys: ["Mod+k"], named: true, run: () => undefined },
      ]);
      return () => null;
    },
  });
  other.mount(document.createElement("div"));
  return () => {
    other.unmount();
    end();
  };
}

export const desk = {
  CallBar: story(CallBar, {
    "three call": { props: {}, hub: { ...queue, "/api/cases/counts": { body: counts } }, follow: following(followCity, followCounts) },
    refused: { props: {}, hub: { ...city, "/api/cases": { refused: "unavailable", status: 503 }, "/api/cases/counts": { body: counts } }, follow: following(followCity, followCounts) },
    nothing: { props: {}, ...within },
    "not a desk": { props: {}, hub: handler, follow: within.follow, isEmpty: true },
  }),
  DutyCall: story(DutyCall, {
    "somebody is called": { props: {}, hub: { ...city, "/api/calls": { body: [call] } }, follow: following(followCity, followDutyCalls) },
    nobody: { props: {}, hub: { "/api/calls": { body: [] } }, follow: following(followDutyCalls), isEmpty: true },
  }),
  QueueBar: story(QueueBar, { three: { props: {}, hub: queue, follow: listed } }),
  QueueFilters: story(QueueFilters, {
    open: { props: { view: "open", scene: null, order: "rank", words: "", past: ["closed"] }, ...within },
    narrowed: { props: { view: "overdue", scene: "illegal_parking", order: "newest", words: LONG, past: ["closed"] }, ...within },
    "of the map": { props: { view: "open", scene: null, order: null, words: null, past: [] }, ...within },
  }),
  QueueRows: story(QueueRows, { three: { props: rows, ...within }, searched: { props: { ...rows, words: "0007", selectable: false }, ...within } }),
  RowPick: story(RowPick, { "not selected": { props: { item: fresh, ids: rows.ids } }, selected: { props: { item: fresh, ids: rows.ids }, hub: queue, follow: selecting } }),
  SelectionBar: story(SelectionBar, {
    "what they share": { props: { total: 3 }, hub: { ...queue, "/api/cases/moves": { body: moves } }, follow: selecting },
    "nothing shared": { props: { total: 400 }, hub: { ...queue, "/api/cases/moves": { body: [] } }, follow: selecting },
  }),
  SharedForm: story(SharedForm, {
    "a unit": { props: { move: shared, total: 3 }, ...within },
    "a reason": { props: { move: moves[2] ?? shared, total: 3 }, ...within },
  }),
  AppKeys: story(AppKeys, { "nothing open": { props: {}, isEmpty: true } }),
  CommandPalette: story(CommandPalette, {
    all: { props: {}, hub: { ...queue }, follow: commanding },
    "nothing found": {
      props: {},
      hub: { ...city, "/api/cases": { body: { ...cases, items: [] } } },
      follow: commanding,
      then: (root) => {
        const field = root.querySelector("input");
        if (field !== null) {
          field.value = "zzz";
          field.dispatchEvent(new Event("input"));
        }
      },
    },
  }),
  DialogBox: story(DialogBox, { window: { props: { label: "…" }, slot: LONG } }),
  KeyCaps: story(KeyCaps, { one: { props: { keys: ["j"] } }, several: { props: { keys: ["Mod+k", "ArrowDown", "Shift+Enter"] } } }),
  KeyTable: story(KeyTable, { all: { props: {}, follow: commanding }, none: { props: {} } }),
};
