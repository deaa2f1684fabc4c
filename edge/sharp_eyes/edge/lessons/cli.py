"""``sharp-eyes-edge lessons``: what the second look refused, and what people judged at a hub."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    no_args_is_help=True, help="Lessons: candidates that the second look refused, alarms that people judged at a hub."
)

Config = Annotated[Path, typer.Argument(help="gateway.yaml", show_default=False)]
Camera = Annotated[str | None, typer.Option(help="Of this camera only.")]


@app.command("list")
def list_(config: Config, camera: Camera = None) -> None:
    """List them: when, where, what it was called, and what it is most likely.

    Example: `sharp-eyes-edge lessons list gateway.yaml --camera gate`
    """
    from sharp_eyes.edge.lessons.shelf import lessons_in
    from sharp_eyes.edge.settings import load

    table = Table("time (UTC)", "camera", "scene", "zone", "called", "most likely", "score", "picture")
    lessons = list(lessons_in(load(config).data, camera))
    for lesson in lessons:
        note = lesson.note
        columns = ("camera", "scene", "zone", "called", "likeliest", "score")
        table.add_row(str(note["time"])[:19], *(str(note[name]) for name in columns), str(lesson.picture))
    if lessons:
        Console(soft_wrap=True).print(table)
    typer.echo(f"{len(lessons)} refused candidates")


@app.command()
def export(
    config: Config,
    out: Annotated[Path, typer.Option(help="New folder for pictures, empty labels, data.yaml and index.csv.")],
    camera: Camera = None,
) -> None:
    """Write them as a data set that `evaluate detector --data` and the training recipe read.

    Look at the pictures first: what was refused wrongly belongs out of it.

    Example: `sharp-eyes-edge lessons export gateway.yaml --out lessons`
    """
    from sharp_eyes.edge.lessons import export as writing
    from sharp_eyes.edge.lessons.shelf import lessons_in
    from sharp_eyes.edge.private_files import make_all_private
    from sharp_eyes.edge.settings import load

    make_all_private()
    lessons = list(lessons_in(load(config).data, camera))
    writing.export(lessons, out)
    typer.echo(f"{out}: {len(lessons)} refused candidates")


@app.command()
def data(
    folder: Annotated[Path, typer.Argument(help="Folder that 'sharp-eyes-hub lessons export' wrote.")],
    out: Annotated[Path, typer.Option(help="New folder for pictures, labels, ignore regions, data.yaml, index.csv.")],
    scene: Annotated[list[str] | None, typer.Option(help="Only this scene. Several times.")] = None,
    reason: Annotated[
        list[str] | None, typer.Option(help="Only false alarms for this reason, such as look-alike. Several times.")
    ] = None,
) -> None:
    """Write alarms that people judged as a data set that `evaluate detector --data` and the training recipe read.

    Only the box of each alarm was judged, so all around it is ignored. A false alarm says that the scene was wrong,
    which need not be the detector's fault: `--reason` takes those that are. Look at the pictures before you train.

    Examples:
    `sharp-eyes-edge lessons data hub-lessons --out runs/lessons --reason shadow --reason look-alike`

    `sharp-eyes-edge tune --suite mine/suite.yaml --verdicts hub-lessons`
    """
    from sharp_eyes.edge.lessons.from_hub import write_data_set
    from sharp_eyes.edge.private_files import make_all_private

    make_all_private()
    done = write_data_set(folder, out, scene or (), reason or ())
    typer.echo(f"{out}: {done.confirmed} confirmed and {done.false} false alarms")
    if done.passed_over:
        typer.echo(f"{done.passed_over} without a picture, a box or a class were passed over")
