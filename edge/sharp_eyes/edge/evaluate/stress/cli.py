"""``sharp-eyes-edge evaluate stress``: the command line of the stress run."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sharp_eyes.edge.evaluate.command import Runtime, console_of, end, stoppable
from sharp_eyes.edge.evaluate.events.cli import CacheFolder, Clips, Jobs, Only
from sharp_eyes.edge.evaluate.extra import need_extra


def stress(
    suite: Annotated[
        list[Path] | None, typer.Option("--suite", help="suite.yaml or its folder. May be given several times.")
    ] = None,
    footage: Annotated[
        list[Path] | None,
        typer.Option(help="Recordings, or folders of them, without a suite. May be given several times."),
    ] = None,
    hours: Annotated[
        float, typer.Option(min=0.001, max=10_000, help="Camera time of all clips together, shared evenly.")
    ] = 1.0,
    scene: Annotated[
        list[str] | None,
        typer.Option(help="Scene to watch for; all but perimeter_intrusion by default. May be given several times."),
    ] = None,
    own_settings: Annotated[
        bool, typer.Option("--own-settings", help="The suite's own scenes and zones, instead of defaults everywhere.")
    ] = False,
    second_look: Annotated[
        bool,
        typer.Option("--second-look/--no-second-look", help="Let the verifier refuse candidates, as a gateway does."),
    ] = True,
    only: Only = None,
    clips: Clips = None,
    model: Annotated[str | None, typer.Option(metavar="PATH[@PRECISION]", help="Another model.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for report.json and report.html.")] = Path("stress"),
    runtime: Runtime = "onnxruntime",
    jobs: Jobs = 1,
    cache: CacheFolder = None,
    use_cache: Annotated[bool, typer.Option("--use-cache/--no-cache", help="Keep looks and use kept ones.")] = True,
) -> None:
    """Play ordinary footage to and fro for hours and count the alarms an hour by scene.

    Clips in which something is expected are left out. Every scene has its default settings and the whole picture as
    its zone. The report shows a picture of each alarm; one may be right. Each clip is played at least once.

    Examples:
    `sharp-eyes-edge evaluate stress --footage recordings/ --hours 4 --jobs 4`

    `sharp-eyes-edge evaluate stress --suite mine/suite.yaml --hours 4 --scene smoke --scene falling_object`

    `sharp-eyes-edge evaluate stress --suite mine/suite.yaml --own-settings --hours 24 --out night`
    """
    need_extra()
    from sharp_eyes.edge.evaluate.stress.evaluation import StressOptions, evaluate_stress
    from sharp_eyes.edge.evaluate.stress.writing import write

    console = console_of()
    options = StressOptions(
        suites=tuple(suite or ()),
        footage=tuple(footage or ()),
        recordings=clips,
        only=tuple(only or ()),
        hours=hours,
        scenes=tuple(scene or ()),
        own_settings=own_settings,
        second_look=second_look,
        model=model,
        runtime=runtime,
        jobs=jobs,
        cache=cache,
        use_cache=use_cache,
    )
    with stoppable(console):
        outcome = evaluate_stress(options, Console(stderr=True))
        write(outcome, out, console)
    end(complete=not outcome.report.not_judged)
