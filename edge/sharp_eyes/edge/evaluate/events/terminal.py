"""The report as tables in the terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sharp_eyes.edge.evaluate.events.remarks import english
from sharp_eyes.edge.evaluate.events.schema import (
    CaseNote,
    ClipNote,
    EventReport,
    FigureRow,
    Figures,
    RemarkNote,
    Spread,
)
from sharp_eyes.edge.evaluate.report.cells import compared, interval
from sharp_eyes.edge.evaluate.report.counts import total
from sharp_eyes.edge.evaluate.report.model import KINDS

LEGEND = (
    "P, R, F1: precision, recall and their mean, a duplicate counting as a false alarm; 95 %: interval of R; late: "
    "seconds from the moment at which the rule could first hold to the alarm, median and 95th percentile; begin: "
    "the same from the begin of what happened; in a look: alarms at most one look after that moment; FA/h, dup/h: "
    "false alarms and duplicates in a camera-hour, with their 95 % interval"
)

COLUMNS = ("must", "hit", "miss", "FA", "dup", "P", "R", "95 %", "F1", "late", "begin", "in a look", "grade")
RATES = ("hours", "FA/h", "95 %", "dup/h", "95 %")


def show(report: EventReport, console: Console) -> None:
    """Print what was judged, the figures, and every miss, false alarm and duplicate."""
    for kind in KINDS:
        clips = [clip for clip in report.clips if clip.kind == kind]
        rows = [row for row in report.rows if row.kind == kind]
        if clips:
            seconds, must, traps = (sum(values) for values in zip(*map(_counts, clips), strict=True))
            console.print(
                f"[bold]{kind}[/]: {len(clips)} clips, {seconds:.0f} s; {must:.0f} expected events, {traps:.0f} traps",
                soft_wrap=True,
            )
            console.print(figures(rows))
            console.print(rates(rows))
    if report.rows:
        console.print(LEGEND, soft_wrap=True, style="dim")
    _show_refused(report, console)
    for case in report.cases:
        if case.verdict != "hit":
            console.print(Text(line_of(case, len(report.variants) > 1), "red"), soft_wrap=True)
        elif case.grade_differs and case.event and case.expected:
            words = f"{case.event.grade} instead of {case.expected.grade}"
            console.print(Text(f"grade: {_where(case, len(report.variants) > 1)}: {words}", "yellow"), soft_wrap=True)

    for remark in report.remarks:
        console.print(Text(f"remark: {remark_line(remark, len(report.variants) > 1)}", "yellow"), soft_wrap=True)
    for left in report.not_judged:
        console.print(Text(f"not judged: {left.name} ({left.kind}): {left.reason}", "bold red"), soft_wrap=True)
    if report.not_judged and not report.clips:
        console.print(Text("nothing was judged: not one clip could be", "bold red"))


def _show_refused(report: EventReport, console: Console) -> None:
    for variant in report.variants:
        if refused := total(clip.refused[variant.name] for clip in report.clips):
            console.print(f"refused by the second look, {variant.name}: {refused}", soft_wrap=True)


def _counts(clip: ClipNote) -> tuple[float, float, float]:
    return clip.seconds, clip.expected, clip.traps


def figures(rows: Sequence[FigureRow]) -> Table:
    """One row a scene and variant; from the second variant on with the difference to the first."""
    grid = _grid(rows, COLUMNS)
    for row, first in _in_order(rows):
        own = row.figures
        cells = [str(own.expected), str(own.hits), str(own.misses), str(own.false_alarms), str(own.duplicates)]
        for name in ("precision", "recall"):
            cells.append(compared(getattr(own, name), getattr(first, name) if first else None))
        cells.append(interval(own.recall_interval))
        cells.append(compared(own.f1, first.f1 if first else None))
        cells += [spread(own.late), spread(own.waited), f"{own.within_look}/{own.hits}"]
        cells.append(f"{own.grades_agreed}/{own.grades_asked}" if own.grades_asked else "–")
        _add(grid, row, cells, rows)
    return grid


def rates(rows: Sequence[FigureRow]) -> Table:
    """What an hour of one camera brings of noise."""
    grid = _grid(rows, RATES)
    for row, _ in _in_order(rows):
        own = row.figures
        low, high = own.false_alarms_interval
        least, most = own.duplicates_interval
        cells = [
            f"{own.hours:.3f}",
            f"{own.false_alarms_per_hour:.1f}",
            f"{low:.1f}–{high:.1f}",
            f"{own.duplicates_per_hour:.1f}",
            f"{least:.1f}–{most:.1f}",
        ]
        _add(grid, row, cells, rows)
    return grid


def line_of(case: CaseNote, several: bool) -> str:
    """One case in a line."""
    where = _where(case, several)
    name = case.verdict.replace("_", " ")
    if case.event is None:
        start, end = (case.expected.start, case.expected.end) if case.expected else (0.0, 0.0)
        return f"{name}: {where}: expected from {start:.1f} to {end:.1f} s"
    reason = f": {case.trap.why}" if case.trap else ""
    event = case.event
    return f"{name}: {where}: alarm at {event.opened:.1f} s, {event.started:.1f} to {event.ended:.1f} s{reason}"


def _where(case: CaseNote, several: bool) -> str:
    return f"{case.clip} · {case.scene} · {case.zone}" + (f" · {case.variant}" if several else "")


def remark_line(remark: RemarkNote, several: bool) -> str:
    """What limits a clip, in a line."""
    parts = [remark.clip, *(part for part in (remark.scene, remark.zone) if part)]
    where = " · ".join(parts + ([remark.variant] if several else []))
    return f"{where}: {english(remark)}"


def spread(values: Spread | None) -> str:
    """Median and 95th percentile in seconds."""
    return "–" if values is None else f"{values.p50:.1f} / {values.p95:.1f}"


def _grid(rows: Sequence[FigureRow], names: Sequence[str]) -> Table:
    grid = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    grid.add_column("scene", no_wrap=True)
    if _several(rows):
        grid.add_column("variant", no_wrap=True)
    for name in names:
        grid.add_column(name, justify="right", no_wrap=True)
    return grid


def _several(rows: Sequence[FigureRow]) -> bool:
    return len({row.variant for row in rows}) > 1


def _in_order(rows: Sequence[FigureRow]) -> list[tuple[FigureRow, Figures | None]]:
    """Scene by scene, the variants side by side; each with the first variant's figures to compare with."""
    found: list[tuple[FigureRow, Figures | None]] = []
    for scene in dict.fromkeys(row.scene for row in rows):
        own = [row for row in rows if row.scene == scene]
        found += [(row, own[0].figures if number else None) for number, row in enumerate(own)]
    return found


def _add(grid: Table, row: FigureRow, cells: Sequence[str], rows: Sequence[FigureRow]) -> None:
    head = [row.scene or "all"] + ([row.variant] if _several(rows) else [])
    grid.add_row(*head, *cells, style="bold" if row.scene is None else None)
