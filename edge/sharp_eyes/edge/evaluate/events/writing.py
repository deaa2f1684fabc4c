"""Writes a judgement to disk and shows it in the terminal."""

from pathlib import Path

from rich.console import Console

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluation
from sharp_eyes.edge.evaluate.events.page import page_of
from sharp_eyes.edge.evaluate.events.playback import PlayedClip
from sharp_eyes.edge.evaluate.events.terminal import show
from sharp_eyes.edge.evaluate.report.files import write_files
from sharp_eyes.edge.replay.command import GATEWAY


def write(outcome: EventEvaluation, out: Path, console: Console, page: bool = True) -> None:
    """Write ``report.json``, ``report.html`` and each variant's events, and print the tables.

    Raises:
        ConfigError: the folder cannot be written.
    """
    show(outcome.report, console)
    seconds = sum(clip.seconds for clip in outcome.report.clips) * len(outcome.report.variants)
    if outcome.spent > 0:
        console.print(
            f"{seconds:.0f} s of video played in {outcome.spent:.1f} s ({outcome.computed:.1f} s of processor time): "
            f"{seconds / outcome.spent:.1f} times real time",
            soft_wrap=True,
        )
    contents = {"report.json": outcome.report.model_dump_json(indent=1) + "\n"}
    for number, variant in enumerate(outcome.report.variants, start=1):
        contents[f"events-{number}.jsonl"] = events_of(outcome.played[variant.name])
    if page:
        contents["report.html"] = page_of(outcome)
    write_files(out, contents)
    console.print(f"wrote {out / 'report.json'}, the events" + (f" and {out / 'report.html'}" if page else ""))


def events_of(played: list[PlayedClip]) -> str:
    """All messages, one CloudEvent a line, exactly as a gateway would send them."""
    return "".join(wrap(GATEWAY, message).model_dump_json() + "\n" for one in played for message in one.messages)
