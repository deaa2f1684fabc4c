"""``sharp-eyes-edge models``: the command line for models of one's own."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sharp_eyes.configuration.yaml_reading import YamlFault, load_yaml
from sharp_eyes.edge.errors import ModelError

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", help="Bring a model of your own; list and check models."
)
ADDED = Path("var/edge/models")
"""Where added models lie when no gateway.yaml says otherwise."""
WIDE = 160

Config = Annotated[Path | None, typer.Option(help="gateway.yaml whose model folder is meant.")]
Directory = Annotated[Path | None, typer.Option(help=f"Folder of added models, `{ADDED}` without a config.")]


@app.command()
def add(
    network: Annotated[Path, typer.Argument(help="The ONNX file, or weights (best.pt).", show_default=False)],
    name: Annotated[str | None, typer.Option(help="Name of the model; the file's by default.")] = None,
    family: Annotated[
        str | None,
        typer.Option(help="ultralytics, ultralytics_end2end, yolox, rtdetr, dfine or rfdetr; guessed by default."),
    ] = None,
    classes: Annotated[
        str | None, typer.Option(help="`coco`, a YAML or text file, or `a,b,c`; the file's own by default.")
    ] = None,
    map_: Annotated[
        str | None,
        typer.Option("--map", help="Classes to use, under our names: `0=person,2=car` or `motorbike=motorcycle`."),
    ] = None,
    size: Annotated[str | None, typer.Option(help="WIDTHxHEIGHT, for a network that leaves it open.")] = None,
    input_: Annotated[
        list[str] | None,
        typer.Option("--input", help="What differs from the family's usual input: `scale=1`, `colour=bgr`, `fit=…`."),
    ] = None,
    threshold: Annotated[float, typer.Option(min=0.01, max=0.99, help="Score threshold of all classes.")] = 0.35,
    licence: Annotated[str, typer.Option(help="Licence of the weights.")] = "not stated",
    picture: Annotated[Path | None, typer.Option(help="A picture to try it on; what is found is shown.")] = None,
    replace: Annotated[bool, typer.Option(help="Take the place of an added model of that name.")] = False,
    config: Config = None,
    directory: Directory = None,
) -> None:
    """Check an ONNX detector and make it usable like ours.

    PyTorch weights of Ultralytics are exported first, where ultralytics is installed (the extra `train`). Weights may
    run any code: add only those from where you trust it.

    Examples:
    `sharp-eyes-edge models add yolo11n.onnx --map "person=person,car=car,bus=bus" --picture street.jpg`

    `sharp-eyes-edge models add best.pt --size 640x384 --picture street.jpg`

    `sharp-eyes-edge models add yolox_nano.onnx --classes coco --name nano`

    `sharp-eyes-edge models add mine.onnx --family rfdetr --classes "ebike,bicycle" --config gateway.yaml`
    """
    from sharp_eyes.edge.models.importer import ImportOptions
    from sharp_eyes.edge.models.importer import import_model as put

    options = ImportOptions(network, name, family, classes, map_, _size(size), _input(input_ or []), threshold, licence)
    added = put(options, _directory(config, directory), picture, replace=replace)
    console, manifest = Console(), added.model.manifest
    console.print(f"family: {manifest.family} ({added.family.reason})", soft_wrap=True)
    fed = manifest.input
    console.print(
        f"input: {fed.width} x {fed.height}, {fed.layout}, {fed.colour}, {fed.dtype}, scale {fed.scale:.6g}, {fed.fit}",
        soft_wrap=True,
    )
    console.print(f"classes: {', '.join(manifest.classes)}", soft_wrap=True)
    if added.found is not None:
        _show(console, added.found, manifest.threshold)
    if added.doubt:
        console.print(f"[yellow]is the input right?[/] {escape(added.doubt)}", soft_wrap=True)
    console.print(
        f"added {added.model.folder}; {added.recorded} boxes recorded in the reference inputs; not measured on real "
        f"pictures: `sharp-eyes-edge evaluate detector` does it\nuse it: 'model: {{name: {manifest.name}}}' in "
        f"gateway.yaml, or --model {added.model.folder / 'manifest.yaml'}",
        soft_wrap=True,
        markup=False,
    )


@app.command("list")
def list_(config: Config = None, directory: Directory = None) -> None:
    """List bundled and added models with classes, precisions and figures.

    Example: `sharp-eyes-edge models list --config gateway.yaml`
    """
    from sharp_eyes.edge.models.registry import accuracy, registered_models

    console = Console()
    table = Table("model", "kind", "precision", "classes", "figures", "folder")
    for entry in registered_models(_directory(config, directory)):
        manifest = entry.manifest
        if manifest is None:
            table.add_row(entry.folder.name, "[red]broken[/]", "", "", escape(entry.problem), str(entry.folder))
            continue
        shown = manifest.classes if len(manifest.classes) <= 14 else (*manifest.classes[:8], "…")
        table.add_row(
            f"{manifest.name} {manifest.version}",
            manifest.kind,
            ", ".join(manifest.networks),
            f"{len(manifest.classes)}: {', '.join(shown)}",
            accuracy(manifest),
            "bundled" if entry.bundled else str(entry.folder),
        )
    (console if console.is_terminal else Console(width=WIDE)).print(table)


@app.command()
def check(
    model: Annotated[str, typer.Argument(help="Name, folder or manifest.yaml of a model.", show_default=False)],
    config: Config = None,
    directory: Directory = None,
) -> None:
    """Check a model's files and how it is computed on this machine; exit code 1 where something is wrong.

    Example: `sharp-eyes-edge models check street`
    """
    from sharp_eyes.edge.models.registry import check as examine
    from sharp_eyes.edge.models.registry import describe_trial, find_model, unmeasured

    console = Console()
    found, trials, wrong = examine(find_model(model, _directory(config, directory)))
    manifest = found.manifest
    console.print(f"{manifest.name} {manifest.version}: files are as the manifest says", soft_wrap=True)
    for trial in trials:
        console.print(f"  {escape(describe_trial(trial))}", soft_wrap=True)
    if missing := unmeasured(manifest):
        console.print(f"not measured on real pictures: {', '.join(missing)}", soft_wrap=True)
    for problem in wrong:
        console.print(f"[red]✗[/] {escape(problem)}", soft_wrap=True)
    if wrong:
        raise typer.Exit(1)
    console.print("[green]✓[/] in order")


def _directory(config: Path | None, directory: Path | None) -> Path:
    if directory is not None or config is None:
        return directory or ADDED
    from sharp_eyes.edge.settings import load

    return load(config).model.directory or ADDED


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise ModelError(f"--size {text}: write WIDTHxHEIGHT, such as 640x384")
    return int(width), int(height)


def _input(pairs: list[str]) -> dict[str, Any]:
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise ModelError(f"--input {wrong[0]}: write key=value, such as scale=1 or colour=bgr")
    try:
        return {key.strip(): load_yaml(value) for key, _, value in (pair.partition("=") for pair in pairs)}
    except YamlFault as error:
        raise ModelError(f"--input {' '.join(pairs)}: a value is no valid YAML: {error.words}") from error


def _show(console: Console, found: Any, threshold: float) -> None:
    rows = zip(found.boxes.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True)
    strong = [(found.names[kind], score, box) for box, score, kind in rows if score >= threshold]
    console.print(f"in the picture: {len(strong)} objects at a score of {threshold:g} or more")
    for name, score, box in strong[:20]:
        console.print(f"  {name} {score:.2f} at {', '.join(f'{side:.0f}' for side in box)}")
