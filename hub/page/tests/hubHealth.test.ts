import { describe, expect, it } from "vitest";

import { illParts, wellParts } from "@/format/hubHealth";
import { setLocale } from "@/i18n/words";

describe("the hub's health", () => {
  it("names what is ill, the gravest first, with its amount and what to do, and the rest as well", () => {
    setLocale("en");
    const since = "2026-01-01T00:00:00Z";
    const health = {
      status: "degraded" as const,
      parts: [
        { name: "database" as const, state: "ok" as const, since, reason: "", amount: null },
        { name: "notices" as const, state: "degraded" as const, since, reason: "failed", amount: 1 },
        { name: "clocks" as const, state: "degraded" as const, since, reason: "unknown", amount: null },
        { name: "disk" as const, state: "failed" as const, since, reason: "full", amount: 3_000_000 },
        { name: "timers" as const, state: "degraded" as const, since, reason: "of a newer hub", amount: null },
      ],
    };
    const ill = illParts(health);
    expect(ill.map(({ name }) => name)).toEqual(["disk", "notices", "clocks", "timers"]);
    expect(ill[0]?.words).toMatch(/^[\d.]+ M\w*B are left and no evidence is taken/);
    expect(ill[1]?.words).toBe("1 notice was given up. See it under Administration → Notices, and send it again.");
    expect(ill[2]?.words).toContain("See to the database");
    expect(ill[3]?.words).toBe("of a newer hub");
    expect(wellParts(health)).toEqual(["database"]);
  });
});
