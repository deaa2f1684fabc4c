"""The stress report as tables in the terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sharp_eyes.edge.evaluate.report.counts import total
from sharp_eyes.edge.evaluate.report.model import KINDS, Interval
from sharp_eyes.edge.evaluate.stress.schema import AlarmNote, StressReport, StressRow

LEGEND = (
    "alarms, played h, a played h: all of them, in the camera time that was played, without an interval, for passes "
    "over the same footage are not independent; distinct, footage h, a footage h, 95 %: without repeats, for each hour "
    "of different footage, exact interval. An alarm may be right: look at its picture in report.html"
)


def show(report: StressReport, console: Console) -> None:
    """Print what was played, the alarms an hour by scene, and every alarm that is no repeat."""
    for kind in KINDS:
        rows = [row for row in report.rows if row.kind == kind]
        if rows:
            console.print(f"[bold]{kind}[/]: {rows[-1].clips} clips, {report.settings} settings", soft_wrap=True)
            console.print(_grid(rows))
    if report.rows:
        console.print(LEGEND, soft_wrap=True, style="dim")
    if refused := total(clip.refused for clip in report.clips):
        console.print(f"refused by the second look: {refused}", soft_wrap=True)
    for line in [_line(alarm) for alarm in report.alarms if not alarm.repeat]:
        console.print(Text(line, "red"), soft_wrap=True)
    for short in report.too_short:
        line = (
            f"{short.scene}: could raise nothing in {len(short.clips)} of {len(report.clips)} clips, for it needs "
            f"{short.wanted:g} s; they do not count for it: give more --hours"
        )
        console.print(Text(line, "yellow"), soft_wrap=True)
    if report.not_ordinary:
        line = f"left out, for something is expected in them: {', '.join(report.not_ordinary)}"
        console.print(Text(line, "yellow"), soft_wrap=True)
    for left in report.not_judged:
        console.print(Text(f"not judged: {left.name} ({left.kind}): {left.reason}", "bold red"), soft_wrap=True)
    if not report.clips:
        console.print(Text("nothing was judged: not one clip could be", "bold red"))


def _grid(rows: Sequence[StressRow]) -> Table:
    grid = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    grid.add_column("scene", no_wrap=True)
    for name in ("alarms", "played h", "a played h", "distinct", "footage h", "a footage h", "95 %"):
        grid.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        cells = [str(row.alarms), f"{row.played_hours:.3f}", rate(row.per_played_hour), str(row.distinct)]
        cells += [f"{row.footage_hours:.3f}", rate(row.per_footage_hour), between(row.interval)]
        grid.add_row(row.scene or "all", *cells, style="bold" if row.scene is None else None)
    return grid


def rate(value: float | None) -> str:
    """A rate, or a dash."""
    return "–" if value is None else f"{value:.1f}"


def between(pair: Interval | None) -> str:
    """Both ends of the interval of a rate."""
    return "–" if pair is None else f"{pair[0]:.1f}–{pair[1]:.1f}"


def _line(alarm: AlarmNote) -> str:
    way = ", backwards" if alarm.backward else ""
    return (
        f"alarm: {alarm.clip} · {alarm.scene} · {alarm.zone}: at {alarm.footage:.1f} s of the clip (pass "
        f"{alarm.number + 1}{way}), score {alarm.score:.2f}"
    )
