import { describe, expect, it } from "vitest";

import { changedDays, dayByKey, firstCalendar, hoursIn, kindOf, monthsOf, rebasedDays, toggled, withDay, withYear } from "@/admin/calendarYear";
import { calendarChanges } from "@/admin/calendarWords";
import { setLocale } from "@/i18n/words";

const plain = firstCalendar(2026);
const [thursday, saturday] = ["2026-10-01", "2026-10-10"];

describe("a day of the working calendar", () => {
  it("is worked or not by the week until somebody says otherwise, and goes back by the same press", () => {
    expect([kindOf(plain, thursday), kindOf(plain, saturday)]).toEqual(["plain", "weekend"]);
    const changed = toggled(toggled(plain, thursday), saturday);
    expect([kindOf(changed, thursday), kindOf(changed, saturday)]).toEqual(["off", "worked"]);
    expect([changed.holidays, changed.swapped]).toEqual([[thursday], [saturday]]);
    expect(toggled(toggled(changed, thursday), saturday)).toEqual(plain);
  });

  it("never stands on both lists", () => {
    const odd = { ...plain, holidays: [saturday], swapped: [] };
    expect(kindOf(odd, saturday)).toBe("weekend");
    expect(toggled(odd, saturday)).toMatchObject({ holidays: [], swapped: [saturday] });
  });

  it("is reached by the arrows, within its year", () => {
    expect(dayByKey("2026-03-31", "ArrowRight")).toBe("2026-04-01");
    expect(dayByKey("2026-03-31", "ArrowUp")).toBe("2026-03-24");
    expect([dayByKey("2026-12-31", "ArrowRight"), dayByKey("2026-03-31", "x")]).toEqual([null, null]);
  });
});

describe("a year", () => {
  it("has its months in weeks that begin on Monday", () => {
    const months = monthsOf(2028);
    expect(months.map(({ days }) => days.length)).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    expect([months[0]?.before, months[9]?.days[0]]).toEqual([5, "2028-10-01"]);
    expect(withYear(plain, 2025).years).toEqual([2025, 2026, 2027]);
  });
});

describe("a change of the calendar", () => {
  it("is said day by day", () => {
    setLocale("zh");
    const changed = { ...withDay(plain, thursday, "off"), hours: hoursIn("9:00–12:00、 13:00-17:00") };
    expect(calendarChanges(plain, changed)).toEqual(["工作时间：9:00-12:00、13:00-17:00", "2026年10月1日周四，放假"]);
    expect(changedDays(changed, plain)).toEqual([{ day: thursday, kind: "plain" }]);
    setLocale("en");
    expect(calendarChanges(null, plain)[0]).toBe("years: 2026, 2027");
  });

  it("is made anew on what somebody else left", () => {
    const theirs = withDay(plain, saturday, "worked");
    expect(rebasedDays(plain, withDay(plain, thursday, "off"), theirs)).toEqual(withDay(theirs, thursday, "off"));
  });
});
