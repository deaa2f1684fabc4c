/** A ground of vector tiles: what of a file is drawn, and in which language its names are. */
import { afterEach, describe, expect, it } from "vitest";

import { setLocale } from "@/i18n/words";
import type { Colours } from "@/map/icons";
import { isKnown, vectorLayers } from "@/map/vector";

const colours = { ground: "#000", textSoft: "#ccc", raised: "#111", accent: "#00f", line: "#222", lineStrong: "#333" } as Colours;
const drawn = (names: readonly string[]): string[] => vectorLayers(names, colours).map((layer) => `${layer.type} ${String((layer as { "source-layer"?: string })["source-layer"])}`);

afterEach(() => {
  setLocale("zh");
});

describe("a ground of vector tiles", () => {
  it("has land, water, roads and names, in this order, of both usual schemas", () => {
    expect(drawn(["places", "roads", "water", "earth", "pois"])).toEqual(["fill earth", "fill water", "line roads", "symbol roads", "symbol places"]);
    expect(drawn(["place", "transportation", "transportation_name", "water"])).toEqual(["fill water", "line transportation", "symbol transportation_name", "symbol place"]);
  });

  it("is told from one of which nothing can be drawn", () => {
    expect(isKnown(["places"])).toBe(true);
    expect(isKnown(["boundary_lines", "poi"])).toBe(false);
    expect(isKnown([])).toBe(false);
  });

  it("is named in the reader's language where the file has it so, and needs no file of glyphs", () => {
    const field = (): string => JSON.stringify(vectorLayers(["place"], colours)[0]?.layout);
    setLocale("en");
    expect(field()).toContain('["get","name:en"],["get","name:latin"],["get","name"]');
    setLocale("zh");
    expect(field()).toContain('["get","name:zh"],["get","name:zh-Hans"],["get","name"]');
  });
});
