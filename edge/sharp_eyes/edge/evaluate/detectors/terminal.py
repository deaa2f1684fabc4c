"""The report as tables in the terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from sharp_eyes.edge.evaluate.detectors.schema import (
    AtThreshold,
    BudgetRow,
    ClassMetrics,
    ClassTable,
    DetectorReport,
    FalseFrames,
    Mean,
    NegativeRow,
    SourceNote,
)
from sharp_eyes.edge.evaluate.detectors.words import NOT_JUDGED
from sharp_eyes.edge.evaluate.report.cells import compared, interval
from sharp_eyes.edge.evaluate.report.model import KINDS

ALLOWED = 1.0
"""False frames in 200 from which a figure is shown in red."""

MOST_NAMES = 8
"""Names written out where there are many."""

LEGEND = (
    "P, R, F1: precision, recall and their mean at the threshold (at); 95 %: interval of AP50; FF200: false frames in "
    "200 pictures without the class"
)


BUDGET_LEGEND = (
    "likely: least threshold from which on the budget is kept as counted; sure: with all that the exact 95 % interval "
    "leaves open (alarms taken for independent); R: recall that is left. Chosen on these looks: try it on others"
)


def show(report: DetectorReport, console: Console) -> None:
    """Print what was measured on, the figures, and what was left out."""
    for source in [*report.sources, *report.negatives]:
        console.print(_about(source), soft_wrap=True)
    for kind in KINDS:
        tables = [table for table in report.tables if table.kind == kind]
        for name in dict.fromkeys(table.source for table in tables):
            if name is None and len({table.source for table in tables}) == 2:
                continue  # one source alone is its own total
            title = f"{kind}: " + ("all sources" if name is None else name)
            console.print(figures([table for table in tables if table.source == name], title))
    if report.false_frames:
        console.print(_false_frames(report.false_frames))
    if report.budgets:
        console.print(_budgets(report.budgets))
        console.print(BUDGET_LEGEND, soft_wrap=True)
    if report.tables:
        console.print(LEGEND, soft_wrap=True)
    if report.not_measured_on_real:
        console.print(Text(f"not measured on real pictures: {', '.join(report.not_measured_on_real)}", "bold yellow"))
    _what_is_missing([*report.sources, *report.negatives], console)


def _what_is_missing(sources: Sequence[SourceNote], console: Console) -> None:
    for source in sources:
        if source.not_judged:
            line = f"not judged: {source.name}: {NOT_JUDGED[source.not_judged][0]}"
            console.print(Text(line, "bold red"), soft_wrap=True)
        for fault in source.faults:
            console.print(Text(f"left out · {source.name} · {fault.problem} · {fault.message}", "red"), soft_wrap=True)


def _about(source: SourceNote) -> Text:
    line = Text(f"{source.name} ", "bold")
    line.append(f"({source.kind}, {source.licence or 'no licence stated'}): {source.pictures} pictures", "none")
    parts = [f"judged on {', '.join(source.labelled) or 'nothing'}"]
    if source.foreign:
        parts.append(f"labelled, but no class of a model: {shortened(source.foreign)}")
    if source.unlabelled_files:
        parts.append(f"{source.unlabelled_files} without a label file taken as true negatives")
    if source.faults:
        parts.append(f"{len(source.faults)} left out (below)")
    line.append("; " + "; ".join(parts), "none")
    return line


def _grid(title: str) -> Grid:
    return Grid(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))


def shortened(names: Sequence[str]) -> str:
    """The first of many names, and how many more there are."""
    first = ", ".join(names[:MOST_NAMES])
    return first if len(names) <= MOST_NAMES else f"{first} … (+{len(names) - MOST_NAMES})"


def figures(tables: Sequence[ClassTable], title: str) -> Grid:
    """One row a class and model; from the second model on with the difference to the first."""
    grid = _grid(title)
    grid.add_column("class", no_wrap=True)
    if len(tables) > 1:
        grid.add_column("model", no_wrap=True)
    for name in ("objects", "AP50", "95 %", "AP50-95", "P", "R", "F1", "at", "FF200"):
        grid.add_column(name, justify="right", no_wrap=True)
    first = tables[0]
    for name in dict.fromkeys(name for table in tables for name in table.classes):
        for number, table in enumerate(tables):
            made = table.classes.get(name)
            head = [name if number == 0 else ""] + ([table.model] if len(tables) > 1 else [])
            cells = _cells(made, first.classes.get(name) if number else None) if made else ["–"] * 9
            grid.add_row(*head, *cells, end_section=number == len(tables) - 1 and len(tables) > 1)
    for number, table in enumerate(tables):
        mean = table.shared_mean if len(tables) > 1 else table.mean
        other = tables[0].shared_mean if number else None
        head = [f"mean of {len(mean.over)}" if number == 0 else ""] + ([table.model] if len(tables) > 1 else [])
        grid.add_row(*head, "", *_mean_cells(mean, other), style="bold")
    return grid


def _cells(made: ClassMetrics, first: ClassMetrics | None) -> list[str]:
    return [
        str(made.objects),
        compared(made.ap50, first.ap50 if first else None),
        interval(made.ap50_interval),
        compared(made.ap50_95, first.ap50_95 if first else None),
        compared(made.precision, first.precision if first else None),
        compared(made.recall, first.recall if first else None),
        compared(made.f1, first.f1 if first else None),
        f"{made.threshold:.2f}",
        "–" if made.false_frames_per_200 is None else f"{made.false_frames_per_200:.1f}",
    ]


def _mean_cells(mean: Mean, first: Mean | None) -> list[str]:
    return [
        compared(mean.ap50, first.ap50 if first else None),
        "",
        compared(mean.ap50_95, first.ap50_95 if first else None),
        compared(mean.precision, first.precision if first else None),
        compared(mean.recall, first.recall if first else None),
        compared(mean.f1, first.f1 if first else None),
        "",
        "",
    ]


def _false_frames(rows: Sequence[NegativeRow]) -> Grid:
    grid = _grid("looks without an object: false frames in 200")
    for name in ("source", "kind", "model"):
        grid.add_column(name, no_wrap=True)
    names = list(dict.fromkeys(name for row in rows for name in row.frames.classes))
    for name in ("looks", *names, "any", "95 %"):
        grid.add_column(name, justify="right")
    for row in rows:
        frames = row.frames
        cells = [_per_200(frames.per_200.get(name)) for name in names]
        source = Text(row.source or "all", "none" if row.source else "bold")
        grid.add_row(source, row.kind, row.model, str(frames.looks), *cells, *_any(frames))
    return grid


def _budgets(rows: Sequence[BudgetRow]) -> Grid:
    grid = _grid(f"thresholds for a budget of {rows[0].budget}")
    for name in ("class", "kind", "model"):
        grid.add_column(name, no_wrap=True)
    for name in ("looked at", "now", "FA", "R", "likely", "FA, 95 %", "R, 95 %", "sure", "FA, 95 %", "R, 95 %"):
        grid.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        amount = f"{row.amount:.4g} {'h' if row.unit == 'hours' else 'looks'}"
        now = row.present
        cells = [f"{now.threshold:.2f}", f"{now.rate:.3g}", compared(now.recall, None)]
        for own in (row.likely, row.sure):
            cells += _kept(own)
        if row.sure is None and row.amount < row.needed:
            cells[-2] = f"needs {row.needed:g} {'h' if row.unit == 'hours' else 'looks'}"
        grid.add_row(row.class_name, row.kind, row.model, amount, *cells)
    return grid


def _kept(own: AtThreshold | None) -> list[str]:
    if own is None:
        return ["none", "–", "–"]
    low, high = own.interval
    recall = "–" if own.recall is None else f"{own.recall:.3f} {interval(own.recall_interval)}"
    return [f"{own.threshold:.2f}", f"{own.rate:.3g} {low:.2f}–{high:.2f}", recall]


def _any(frames: FalseFrames) -> list[Text]:
    low, high = frames.any_interval_per_200
    return [_per_200(frames.any_per_200), Text(f"{low:.1f}–{high:.1f}")]


def _per_200(value: float | None) -> Text:
    if value is None:
        return Text("–")
    return Text(f"{value:.1f}", "red" if round(value, 1) > ALLOWED else "none")
