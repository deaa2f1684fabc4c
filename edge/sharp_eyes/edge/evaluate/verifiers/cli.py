"""``sharp-eyes-edge evaluate verifier``: the command line of the verifier's measures."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sharp_eyes.edge.evaluate.command import Runtime, console_of, end, stoppable
from sharp_eyes.edge.evaluate.extra import need_extra


def verifier(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="data.yaml, YOLO folder, COCO JSON or a clip's truth. May be given several times."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="PATH[@PRECISION]", help="Another detector; the bundled ones fill it up.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.json.")] = Path("evaluation"),
    score: Annotated[
        float | None,
        typer.Option(min=0.05, max=0.99, help="Score from which the detectors' boxes are shown; their own by default."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many pictures of each source.")] = None,
    runtime: Runtime = "onnxruntime",
) -> None:
    """Measure the second look: labelled things that it bears out, and the detectors' mistakes that it refuses.

    Pictures without labels of a class show its mistakes alone. What counts in the end are alarms: see `evaluate events`
    with `--settings`, and `evaluate stress --no-second-look`. What cannot be read is named; the exit code is then 1.

    Examples:
    `sharp-eyes-edge evaluate verifier --data fires/data.yaml --data ordinary/data.yaml`

    `sharp-eyes-edge evaluate verifier --data lessons/data.yaml --score 0.1 --model runs/ship/hazard`
    """
    need_extra()
    from sharp_eyes.edge.evaluate.report.files import write_files
    from sharp_eyes.edge.evaluate.verifiers.evaluation import VerifierOptions, evaluate_verifier
    from sharp_eyes.edge.evaluate.verifiers.terminal import show

    console = console_of()
    with stoppable(console, "nothing is kept"):
        report = evaluate_verifier(
            VerifierOptions(model, tuple(data or ()), score, limit, runtime), Console(stderr=True)
        )
    show(report, console)
    write_files(out, {"report.json": report.model_dump_json(indent=1) + "\n"})
    console.print(f"wrote {out / 'report.json'}", soft_wrap=True)
    end(complete=report.complete)
