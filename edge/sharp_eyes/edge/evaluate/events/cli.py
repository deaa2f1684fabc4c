"""``sharp-eyes-edge evaluate events`` and ``sharp-eyes-edge tune``: the command line of the judge."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.command import Runtime, console_of, end, stoppable
from sharp_eyes.edge.evaluate.extra import need_extra

Suites = Annotated[
    list[Path],
    typer.Option("--suite", help="suite.yaml or its folder. May be given several times.", show_default=False),
]
Only = Annotated[
    list[str] | None, typer.Option(help="Only clips of this name, or that watch for this scene. Several times.")
]
Clips = Annotated[
    Path | None, typer.Option("--clips", help="Folder in which relative paths of clips begin, if not at the suite's.")
]
Tolerance = Annotated[
    float, typer.Option(min=0, max=60, help="Seconds around an expected event in which its alarm may come.")
]
CacheFolder = Annotated[
    Path | None, typer.Option("--cache", help="Folder where looks are kept; ~/.cache/sharp-eyes by default.")
]

Jobs = Annotated[int, typer.Option(min=1, max=64, help="Clips played at once, each in a process of its own.")]


def events(
    suite: Suites,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH[@PRECISION]",
            help="A model's manifest, folder or name, such as `models/city@int8`; the bundled ones fill it up. "
            "Several are compared.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE", help="Other settings to compare, see docs/suites.md. May be given several times."
        ),
    ] = None,
    only: Only = None,
    clips: Clips = None,
    out: Annotated[Path, typer.Option(help="Folder for report.json, report.html and the events.")] = Path("evaluation"),
    page: Annotated[bool, typer.Option(help="Write report.html.")] = True,
    tolerance: Tolerance = 2.0,
    runtime: Runtime = "onnxruntime",
    jobs: Jobs = 1,
    cache: CacheFolder = None,
    use_cache: Annotated[bool, typer.Option("--use-cache/--no-cache", help="Keep looks and use kept ones.")] = True,
) -> None:
    """Judge the events of recorded clips: what was missed, what was false, and how late the alarms came.

    What was looked at is kept, so a run that was stopped goes on, and a second one needs no network. A clip that cannot
    be read is listed as not judged, the rest goes on, and the exit code is 1.

    Examples:
    `sharp-eyes-edge evaluate events --suite media/suite`

    `sharp-eyes-edge evaluate events --suite media/suite --only smoke --settings strict=strict.yaml`

    `sharp-eyes-edge evaluate events --suite mine/suite.yaml --model models/street --model models/street@int8`
    """
    need_extra()
    from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluationOptions, evaluate_events
    from sharp_eyes.edge.evaluate.events.writing import write

    console = console_of()
    options = EventEvaluationOptions(
        suites=tuple(suite),
        models=tuple(model or ()),
        settings=tuple(settings or ()),
        only=tuple(only or ()),
        recordings=clips,
        tolerance=tolerance,
        runtime=runtime,
        jobs=jobs,
        cache=cache,
        use_cache=use_cache,
    )
    with stoppable(console):
        outcome = evaluate_events(options, Console(stderr=True))
        write(outcome, out, console, page)
    end(complete=not outcome.report.not_judged)


def tune(
    suite: Suites,
    verdicts: Annotated[
        Path | None,
        typer.Option(
            help="CSV or JSON Lines with event_id and verdict (confirmed or false), or the folder of "
            "`sharp-eyes-hub lessons export`, instead of the truth."
        ),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="This number of a scene instead of the usual ones. Several times.")
    ] = None,
    values: Annotated[str | None, typer.Option(help="Values to try instead of the usual ones: `6,8,10`.")] = None,
    may_lose: Annotated[int, typer.Option(min=0, help="Events raised rightly now that a proposal may lose.")] = 0,
    only: Only = None,
    clips: Clips = None,
    model: Annotated[str | None, typer.Option(metavar="PATH[@PRECISION]", help="Another model.")] = None,
    out: Annotated[Path, typer.Option(help="File for the proposed settings.")] = Path("proposed.yaml"),
    everything: Annotated[bool, typer.Option("--all", help="Show the keys too that are left as they are.")] = False,
    tolerance: Tolerance = 2.0,
    runtime: Runtime = "onnxruntime",
    jobs: Jobs = 1,
    cache: CacheFolder = None,
) -> None:
    """Propose a threshold or a dwell for each camera, from events that are known to be right or false.

    The dwell, the votes and the thresholds of each scene are tried by replay; looks are kept, so that takes
    seconds. No event that is raised rightly now is given up unless `--may-lose` says so.

    Examples:
    `sharp-eyes-edge tune --suite media/suite --only street`

    `sharp-eyes-edge tune --suite mine/suite.yaml --verdicts verdicts.csv --key dwell --out tuned.yaml`

    `sharp-eyes-edge tune --suite mine/suite.yaml --verdicts hub-lessons`

    `sharp-eyes-edge evaluate events --suite mine/suite.yaml --settings tuned=tuned.yaml`
    """
    need_extra()
    from sharp_eyes.edge.evaluate.events.tune_command import TuneOptions
    from sharp_eyes.edge.evaluate.events.tune_command import tune as propose
    from sharp_eyes.edge.evaluate.events.tune_writing import write

    console = console_of()
    options = TuneOptions(
        suites=tuple(suite),
        verdicts=verdicts,
        model=model,
        only=tuple(only or ()),
        keys=tuple(key or ()),
        values=_numbers(values),
        most_lost=may_lose,
        recordings=clips,
        tolerance=tolerance,
        runtime=runtime,
        jobs=jobs,
        cache=cache,
    )
    with stoppable(console):
        tuning = propose(options, Console(stderr=True))
        write(tuning, out, everything, console)
    end(complete=not tuning.not_judged)


def _numbers(text: str | None) -> tuple[int | float, ...]:
    words = [word.strip() for word in (text or "").split(",") if word.strip()]
    try:
        return tuple(float(word) if "." in word else int(word) for word in words)
    except ValueError:
        raise ConfigError(f"--values {text}: write numbers with commas between, such as 6,8,10") from None
