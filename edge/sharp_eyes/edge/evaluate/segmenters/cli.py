"""``sharp-eyes-edge evaluate segmenter``: the command line of the segmenter's measures."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sharp_eyes.edge.evaluate.command import Runtime, console_of, end, stoppable
from sharp_eyes.edge.evaluate.extra import need_extra


def segmenter(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="data.yaml of pictures with masks, or its folder. May be given several times."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="manifest.yaml, folder or name; the bundled one by default. Several times."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.json and report.html.")] = Path("evaluation"),
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many pictures of each source.")] = None,
    examples: Annotated[int, typer.Option(min=0, max=100, help="Worst pictures shown of each source.")] = 8,
    runtime: Runtime = "onnxruntime",
) -> None:
    """Measure a ground segmenter on pictures with masks: IoU per class and source, real and rendered apart.

    What a mask's values mean stands in the data.yaml; see docs/evaluator.md. What cannot be read or used is named and
    left out, and the exit code is then 1.

    Examples:
    `sharp-eyes-edge evaluate segmenter --data flooded-streets/data.yaml`

    `sharp-eyes-edge evaluate segmenter --data yards/ --data rendered/ --model models/ground --model runs/ground/trial`
    """
    need_extra()
    from sharp_eyes.edge.evaluate.report.files import write_files
    from sharp_eyes.edge.evaluate.segmenters.evaluation import SegmenterOptions, evaluate_segmenters
    from sharp_eyes.edge.evaluate.segmenters.page import page_of
    from sharp_eyes.edge.evaluate.segmenters.terminal import show

    console = console_of()
    options = SegmenterOptions(tuple(model or ()), tuple(data or ()), limit, runtime, examples)
    with stoppable(console, "nothing is kept"):
        outcome = evaluate_segmenters(options, Console(stderr=True))
    show(outcome.report, console)
    report = outcome.report.model_dump_json(indent=1) + "\n"
    write_files(out, {"report.json": report, "report.html": page_of(outcome)})
    console.print(f"wrote {out / 'report.json'} and {out / 'report.html'}", soft_wrap=True)
    end(complete=outcome.report.complete)
