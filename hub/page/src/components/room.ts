/** How many pages the header names beside each other on a screen of this width. */
import { ref, type Ref } from "vue";

const ROOM: readonly (readonly [query: string, places: number])[] = [
  ["(min-width: 1680px)", 10],
  ["(min-width: 1400px)", 6],
  ["(min-width: 1100px)", 4],
  ["(min-width: 721px)", 2],
];
const ON_A_PHONE = 4;

const lists = ROOM.map(([query, places]) => ({ list: window.matchMedia(query), places }));
const found = (): number => lists.find(({ list }) => list.matches)?.places ?? ON_A_PHONE;
const room = ref(found());
for (const { list } of lists) {
  list.addEventListener("change", () => {
    room.value = found();
  });
}

export function useRoom(): Readonly<Ref<number>> {
  return room;
}
