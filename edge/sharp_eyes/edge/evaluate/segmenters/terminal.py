"""The segmenter's report as tables in the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sharp_eyes.edge.evaluate.report.cells import compared, interval
from sharp_eyes.edge.evaluate.segmenters.schema import AreaTable, SegmenterReport

LEGEND = (
    "IoU: pixels given a class that are it, over all that are it or were given it; 95 %: its interval, groups drawn "
    "anew; P, R: precision and recall of pixels"
)


def show(report: SegmenterReport, console: Console) -> None:
    """Print what was measured on, the figures, and what was left out."""
    for source in report.sources:
        line = Text(f"{source.name} ", "bold")
        line.append(f"({source.kind}, {source.licence or 'no licence stated'}): {source.pictures} pictures", "none")
        console.print(line, soft_wrap=True)
    for table in report.tables:
        console.print(_grid(table, len(report.models) > 1))
    if report.tables:
        console.print(LEGEND, soft_wrap=True, style="dim")
    if report.not_measured_on_real:
        console.print(Text(f"not measured on real pictures: {', '.join(report.not_measured_on_real)}", "bold yellow"))
    for source in report.sources:
        if not source.judged:
            console.print(Text(f"not judged: {source.name}: not one of its pictures could be used", "bold red"))
        for fault in source.faults:
            console.print(Text(f"left out · {source.name} · {fault.problem} · {fault.message}", "red"), soft_wrap=True)


def _grid(table: AreaTable, several: bool) -> Table:
    title = f"{table.kind}: {table.source or 'all sources'}" + (f" · {table.model}" if several else "")
    grid = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    grid.add_column("class", no_wrap=True)
    for name in ("IoU", "95 %", "P", "R", "pictures", "groups"):
        grid.add_column(name, justify="right", no_wrap=True)
    for name, own in table.classes.items():
        cells = [compared(own.iou, None), interval(own.iou_interval), compared(own.precision, None)]
        grid.add_row(name, *cells, compared(own.recall, None), str(own.pictures), str(own.groups))
    mean = compared(table.mean_iou, None)
    grid.add_row(f"mean of {len(table.classes)}", mean, "", "", "", str(table.pictures), "", style="bold")
    return grid
