"""``sharp-eyes-hub play``."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.client import ProblemError
from sharp_eyes.hub.demo.stories.catalogue import all_stories
from sharp_eyes.hub.demo.stories.live_stage import LiveStage
from sharp_eyes.hub.demo.stories.story import Outsider, Play, Step, Story, StoryError

Language = Literal["zh", "en"]
_FOLDER = Path("var/demo")
_OUT = Console(highlight=False)
_ABOUT = {
    "zh": "故事里的一小时在这里是 {seconds:.3g} 秒；中心的时限仍按真实时间走，因此剩余时间比故事里多，也没有人逾期。",
    "en": "An hour of the story takes {seconds:.3g} s here. The hub's clocks run in real time all the same, so that "
    "more is left on them than in the story, and nobody is late.",
}


def play(
    name: Annotated[str | None, typer.Argument(help="The story; --list shows all.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the stories.")] = False,
    data: Annotated[Path, typer.Option(help="Folder of the demo that runs.")] = _FOLDER,
    url: Annotated[str | None, typer.Option(help="Address of its page, where it is not that of its hub.yaml.")] = None,
    pace: Annotated[
        float | None,
        typer.Option(min=0.1, max=1_000_000, help="Minutes of the story in a minute; each story has one of its own."),
    ] = None,
    language: Annotated[Language, typer.Option(help="zh or en.")] = "en",
) -> None:
    """Play a story on a running demo: its people sign in and do what they do on such a day, step by step.

    Without a name it lists the stories.

    Examples:
      sharp-eyes-hub play --list
      sharp-eyes-hub play gas
      sharp-eyes-hub play gas --pace 10 --language zh
    """
    stories = all_stories()
    if listed or name is None:
        _list(stories, language)
        return
    story = stories.get(name)
    if story is None:
        raise StoryError(f"there is no story {name!r}; there are {', '.join(stories)}")
    with LiveStage(data, url) as stage:
        _play(story, stage, pace or story.pace, language)


def _list(stories: dict[str, Story], language: Language) -> None:
    table = Table("name", "", "steps", "takes", box=None)
    for one in stories.values():
        takes = one.steps[-1].minute / one.pace
        table.add_row(
            one.name, _said(one, language), str(len(one.steps)), f"{takes:.0f} min" if takes >= 1 else "1 min"
        )
    _OUT.print(table)


def _play(story: Story, stage: LiveStage, pace: float, language: Language) -> None:
    _OUT.print(f"[bold]{_said(story, language)}[/]")
    _OUT.print(_ABOUT[language].format(seconds=3600 / pace), soft_wrap=True)
    telling, minute = Play(stage), 0.0
    for step in story.steps:
        stage.wait((step.minute - minute) * 60 / pace)
        minute = step.minute
        line = f"[cyan]{_moment(minute)}[/]  [dim]{_name(step, language)}[/]  {_said(step, language)}"
        _OUT.print(line, soft_wrap=True)
        try:
            step.does(telling)
        except ProblemError as error:
            raise StoryError(f"{story.name}, minute {minute:g}: {error}") from error
    _OUT.print(f"{stage.url}/cases/{telling.case}", soft_wrap=True)


def _moment(minute: float) -> str:
    """Since the story began: minutes, and where it takes longer days and hours."""
    days, left = divmod(int(minute), 1440)
    return f"{minute:5g}'" if minute < 1440 else f"{days} d {left // 60:02}:{left % 60:02}"


def _name(step: Step, language: Language) -> str:
    """Who takes a step: the account that one may sign in with, or what an outsider is."""
    return _said(step.who, language) if isinstance(step.who, Outsider) else step.who.username


def _said(one: Story | Step | Outsider, language: Language) -> str:
    return one.zh if language == "zh" else one.en
