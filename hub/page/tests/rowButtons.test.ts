import { expect, it } from "vitest";

import { nextInRow } from "@/keys/rowButtons";

it("goes from a row to each of its buttons and back to its first, and nowhere from a row without more", () => {
  document.body.innerHTML = `<ul><li><a id="row" href="/cases/1"></a><button disabled></button><button id="first"></button><button id="last"></button></li><li><a id="alone" href="/"></a></li></ul>`;
  const from = (id: string): string | undefined => nextInRow(document.getElementById(id))?.id;
  expect(["row", "first", "last", "alone"].map(from)).toEqual(["first", "last", "row", undefined]);
  expect(nextInRow(document.body)).toBeNull();
});
