import { describe, expect, it } from "vitest";

import { fitting } from "@/components/room";

describe("entries in a row", () => {
  it("stand all beside each other while they fit, and leave room for the button where they do not", () => {
    expect(fitting([100, 100, 100], 80, 300)).toBe(3);
    expect(fitting([100, 100, 100], 80, 299)).toBe(2);
    expect(fitting([100, 100, 100], 80, 279)).toBe(1);
    expect(fitting([100, 100, 100], 80, 90)).toBe(0);
  });
});
