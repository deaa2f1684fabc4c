/** What stands on a line of time, in seconds since 1970. */
import type { LookBackSeat } from "@/api/types";

export interface AlarmMark {
  key: string;
  kind: "started" | "seen" | "ended";
  moment: number;
}

/** Above so many seconds a label a minute would be too many. */
const LONG = 900;

/** When each alarm started, was seen and ended, as far as it lies on the line. */
export function alarmMarks(alarms: LookBackSeat["alarms"], since: number, until: number): AlarmMark[] {
  return alarms.flatMap((alarm, index) => {
    const moments = { started: alarm.started_at, seen: alarm.seen_at, ended: alarm.ended_at };
    return Object.entries(moments).flatMap(([kind, iso]) => {
      const moment = iso === null ? NaN : Date.parse(iso) / 1000;
      return moment >= since && moment <= until ? [{ key: `${index}${kind}`, kind: kind as AlarmMark["kind"], moment }] : [];
    });
  });
}

/** Full minutes to be named, or every fifth; none so near an end that its label would be cut. */
export function minuteMarks(since: number, until: number): number[] {
  const step = until - since > LONG ? 300 : 60;
  const edge = (until - since) / 40;
  const first = Math.ceil((since + edge) / step) * step;
  return Array.from({ length: Math.max(0, Math.ceil((until - edge - first) / step)) }, (_, index) => first + index * step);
}
