"""``sharp-eyes-edge evaluate``: the command line of the measures."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.command import Runtime, console_of, end, stoppable
from sharp_eyes.edge.evaluate.events.cli import events
from sharp_eyes.edge.evaluate.extra import need_extra
from sharp_eyes.edge.evaluate.segmenters.cli import segmenter
from sharp_eyes.edge.evaluate.stress.cli import stress
from sharp_eyes.edge.evaluate.verifiers.cli import verifier

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", help="Measure a model against what people labelled."
)

app.command()(events)
app.command()(segmenter)
app.command()(stress)
app.command()(verifier)


@app.command()
def detector(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="data.yaml, YOLO folder, COCO JSON or a clip's truth. May be given several times."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH[@PRECISION]",
            help="manifest.yaml or its folder, such as `models/city@int8`; the bundled model by default. "
            "Several are compared.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.json and report.html.")] = Path("evaluation"),
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="Names in the data as the model has them: `motorbike=motorcycle,van=ignore`."),
    ] = None,
    names: Annotated[str | None, typer.Option(help="Class names of a YOLO folder that says none: `bus,car`.")] = None,
    pictures: Annotated[Path | None, typer.Option(help="Folder of a COCO JSON's pictures, if not beside it.")] = None,
    split: Annotated[
        Literal["val", "test", "train"] | None, typer.Option(help="Which pictures of a data.yaml; val by default.")
    ] = None,
    rendered: Annotated[list[str] | None, typer.Option(help="A source that is rendered and does not say so.")] = None,
    negatives: Annotated[
        list[Path] | None, typer.Option(help="Folder of pictures or clips, or a clip, that holds no object.")
    ] = None,
    absent: Annotated[
        str | None, typer.Option(help="Classes that the negatives lack: `fire,smoke`; all by default.")
    ] = None,
    step: Annotated[float, typer.Option(min=0.04, help="Seconds between two looks at a clip.")] = 0.5,
    threshold: Annotated[
        float | None, typer.Option(min=0.01, max=0.99, help="For all classes, in the place of the model's own.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="N/WHAT",
            help="False alarms allowed: `1/day`, `2/hour`, `1/week`, or `5/1000` looks. The threshold that keeps it in "
            "the --negatives is shown, and the recall that is left in the --data.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many pictures of each source.")] = None,
    examples: Annotated[
        int, typer.Option(min=0, max=100, help="Worst misses and false alarms shown of each class.")
    ] = 8,
    tiles: Annotated[
        int,
        typer.Option(min=1, max=4, help="Parts across and down looked at once more, as a camera's `tiles`."),
    ] = 1,
    runtime: Runtime = "onnxruntime",
    cache: Annotated[
        Path | None, typer.Option(help="Folder where detections are kept; ~/.cache/sharp-eyes by default.")
    ] = None,
) -> None:
    """Measure detectors on labelled pictures: per class and source, real and rendered apart.

    Writes report.json and report.html. What was looked at is kept, so a run that was stopped goes on, and a
    second one takes seconds. What cannot be read or used is named and left out, and the exit code is then 1.

    Examples:
    `sharp-eyes-edge evaluate detector --data my-pictures/data.yaml`

    `sharp-eyes-edge evaluate detector --data media/street.json --step 2`

    `sharp-eyes-edge evaluate detector --model old/manifest.yaml --model new/manifest.yaml --data a/data.yaml
    --data instances_val.json --map "motorbike=motorcycle,pedestrian=person" --out comparison`

    `sharp-eyes-edge evaluate detector --negatives night.mp4 --absent fire,smoke --step 0.5`

    `sharp-eyes-edge evaluate detector --data mine/data.yaml --negatives street-day/ --budget 1/day`
    """
    need_extra()
    from sharp_eyes.edge.evaluate.detectors.evaluation import DetectorEvaluationOptions, evaluate_detectors
    from sharp_eyes.edge.evaluate.detectors.writing import write

    console = console_of()
    options = DetectorEvaluationOptions(
        models=tuple(model or ()),
        data=tuple(data or ()),
        mapping=_mapping(map_ or []),
        names=_listed(names),
        pictures=pictures,
        split=split,
        rendered=tuple(rendered or ()),
        negatives=tuple(negatives or ()),
        absent=tuple(_listed(absent) or ()),
        step=step,
        threshold=threshold,
        limit=limit,
        runtime=runtime,
        cache=cache,
        examples=examples,
        budget=budget,
        tiles=tiles,
    )
    with stoppable(console):
        outcome = evaluate_detectors(options, Console(stderr=True))
        write(outcome, out, step, console)
    end(complete=outcome.report.complete)


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]


def _mapping(texts: list[str]) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for pair in (pair for text in texts for pair in text.split(",") if pair.strip()):
        old, found, new = (word.strip() for word in pair.partition("="))
        if not (old and found and new):
            raise ConfigError(
                f"--map {pair.strip()}: write name-in-the-data=name-of-the-model, such as motorbike=motorcycle"
            )
        mapping[old] = new
    return mapping
