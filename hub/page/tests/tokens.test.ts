import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf-8");
const [dark = "", light = ""] = css.split(':root[data-theme="light"]');

/** Text on what it stands on; WCAG 2 asks for a contrast of 4.5. */
const PAIRS = [
  ["--text", "--ground"],
  ["--text", "--surface"],
  ["--text", "--raised"],
  ["--text", "--accent-ground"],
  ["--text-soft", "--ground"],
  ["--text-soft", "--surface"],
  ["--text-soft", "--raised"],
  ["--text-soft", "--accent-ground"],
  ["--accent", "--surface"],
  ["--accent", "--accent-ground"],
  ["--on-accent", "--accent"],
  ["--danger", "--surface"],
  ["--danger", "--danger-ground"],
  ["--danger", "--accent-ground"],
  ["--warning", "--surface"],
  ["--warning", "--warning-ground"],
  ["--warning", "--accent-ground"],
  ["--good", "--surface"],
  ["--good", "--good-ground"],
] as const;

function luminance(colours: string, token: string): number {
  const hex = new RegExp(`${token}: #([0-9a-f]{6});`).exec(colours)?.[1];
  if (hex === undefined) {
    throw new Error(`${token} is not a six-digit colour`);
  }
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each([
  ["dark", dark],
  ["light", light],
])("the %s theme", (_name, colours) => {
  it.each(PAIRS)("keeps %s readable on %s", (text, ground) => {
    const [high = 0, low = 0] = [luminance(colours, text), luminance(colours, ground)].sort((a, b) => b - a);
    expect((high + 0.05) / (low + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});
