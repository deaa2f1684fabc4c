"""Writes a judgement to disk and shows it in the terminal."""

from pathlib import Path

from rich.console import Console

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.command import Outcome
from sharp_eyes.edge.evaluate.events.page.making import page_of
from sharp_eyes.edge.evaluate.events.running import Played
from sharp_eyes.edge.evaluate.events.table import show
from sharp_eyes.edge.replay.command import GATEWAY


def write(outcome: Outcome, out: Path, console: Console, page: bool = True) -> None:
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
    made = page_of(outcome) if page else None
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(outcome.report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        for number, variant in enumerate(outcome.report.variants, start=1):
            lines = events_of(outcome.played[variant.name])
            (out / f"events-{number}.jsonl").write_text(lines, encoding="utf-8")
        if made is not None:
            (out / "report.html").write_text(made, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror}") from error
    console.print(f"wrote {out / 'report.json'}, the events" + (f" and {out / 'report.html'}" if page else ""))


def events_of(played: list[Played]) -> str:
    """All messages, one CloudEvent a line, exactly as a gateway would send them."""
    return "".join(wrap(GATEWAY, message).model_dump_json() + "\n" for one in played for message in one.messages)
