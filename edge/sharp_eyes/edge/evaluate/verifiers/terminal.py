"""The verifier's report as tables in the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sharp_eyes.edge.evaluate.report.cells import compared, interval
from sharp_eyes.edge.evaluate.report.model import KINDS
from sharp_eyes.edge.evaluate.verifiers.schema import VerifierReport, VerifierRow

LEGEND = (
    "kept: labelled things that are found and borne out; refused: mistakes of the detectors at their thresholds that "
    "are refused; 95 %: exact interval, as if crops were independent. One moment each; a gateway looks at three"
)


def show(report: VerifierReport, console: Console) -> None:
    """Print what was measured on, the figures, and what was left out."""
    for source in report.sources:
        line = Text(f"{source.name} ", "bold")
        line.append(f"({source.kind}, {source.licence or 'no licence stated'}): {source.pictures} pictures", "none")
        console.print(line, soft_wrap=True)
    networks = ", ".join(f"{one.name} {one.version}" for one in report.networks)
    for kind in KINDS:
        rows = [row for row in report.rows if row.kind == kind]
        if rows:
            console.print(_grid(f"{kind} · {networks}", rows))
    if report.rows:
        console.print(LEGEND, soft_wrap=True, style="dim")
    else:
        console.print(Text("nothing was judged: no class that is looked at again is labelled in the data", "bold red"))
    for source in report.sources:
        for fault in source.faults:
            console.print(Text(f"left out · {source.name} · {fault.problem} · {fault.message}", "red"), soft_wrap=True)


def _grid(title: str, rows: list[VerifierRow]) -> Table:
    grid = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("source", "class"):
        grid.add_column(name, no_wrap=True)
    for name in ("limit", "things", "kept", "95 %", "mistakes", "refused", "95 %"):
        grid.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        kept = [str(row.things), compared(row.kept_share, None), interval(row.kept_interval)]
        refused = [str(row.mistakes), compared(row.refused_share, None), interval(row.refused_interval)]
        style = "bold" if row.source is None else None
        grid.add_row(row.source or "all", row.class_name, f"{row.limit:.2f}", *kept, *refused, style=style)
    return grid
