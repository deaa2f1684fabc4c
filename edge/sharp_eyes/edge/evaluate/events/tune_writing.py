"""Shows what was tried and writes the proposal."""

from collections.abc import Sequence
from pathlib import Path

import yaml
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.event_matching import EventMatch
from sharp_eyes.edge.evaluate.events.tune_command import Tuned, TuningResult
from sharp_eyes.edge.evaluate.events.tuning import is_unjudged

HEAD = "# Proposed by `sharp-eyes-edge tune`; `evaluate events --settings proposed=FILE` shows what it does.\n"
_MOST_UNKNOWN = 20
"""Verdicts on other events that are named: a hub's lessons are of all its cameras."""


def write(tuning: TuningResult, out: Path, everything: bool, console: Console) -> None:
    """Print the trials and what the proposal changes, and write it as a file of settings.

    Args:
        everything: also the trials of keys that are left as they are.

    Raises:
        ConfigError: the file cannot be written.
    """
    for one in tuning.tuned:
        if one in tuning.proposals or everything:
            console.print(_trials(one))
    for left in tuning.not_judged:
        line = f"not judged: {left.clip.name}: {left.reason}; nothing is tuned from it"
        console.print(Text(line, "bold red"), soft_wrap=True)
    for identity in tuning.unknown[:_MOST_UNKNOWN]:
        console.print(Text(f"verdict on {identity}: no clip gives such an event under the present settings", "yellow"))
    if len(tuning.unknown) > _MOST_UNKNOWN:
        more = len(tuning.unknown) - _MOST_UNKNOWN
        console.print(Text(f"and {more} more verdicts on events that no clip gives", "yellow"))
    if not tuning.proposals:
        console.print("nothing to propose: no value that was tried has fewer faults than the present one")
        return
    for one in tuning.proposals:
        console.print(Text(_sentence(one), "bold"), soft_wrap=True)
    for line, style in _changes(tuning):
        console.print(Text(line, style), soft_wrap=True)
    written = yaml.safe_dump(tuning.overrides.model_dump(mode="json", exclude_defaults=True), sort_keys=False)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(HEAD + written, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror}") from error
    console.print(f"wrote {out}")


def _trials(one: Tuned) -> Table:
    title = f"{one.camera} · {one.scene} · {one.key}"
    grid = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in (one.key, "hit", "lost", "gained", "miss", "FA", "dup", "begin"):
        grid.add_column(name, justify="right")
    grid.add_column("")
    for trial in one.trials:
        mark = "present" if trial.value == one.present else "proposed" if trial == one.chosen else ""
        counts = (trial.hits, trial.lost, trial.gained, trial.misses, trial.false_alarms, trial.duplicates)
        waited = "–" if trial.waited is None else f"{trial.waited:.1f}"
        grid.add_row(f"{trial.value:g}", *map(str, counts), waited, mark, style="bold" if mark else None)
    return grid


def _sentence(one: Tuned) -> str:
    if one.chosen is None or one.plateau is None:
        return ""
    low, high = one.plateau
    range_ = f"; the same comes out from {low:g} to {high:g}" if low != high else ""
    return f"{one.camera} · {one.scene}: {one.key} {one.present:g} → {one.chosen.value:g}{range_}"


def _changes(tuning: TuningResult) -> list[tuple[str, str]]:
    """Event by event, what the proposal changes; what stays as it is is counted."""
    lines: list[tuple[str, str]] = []
    kept = 0
    for clip, before in tuning.before.items():
        after = tuning.after[clip]
        was, now = _hits(before), _hits(after)
        kept += len(set(was) & set(now))
        lines += [(f"lost: {clip} · {_words(was[key])}", "bold red") for key in was if key not in now]
        lines += [(f"gained: {clip} · {_words(now[key])}", "green") for key in now if key not in was]
        alarms, still = _alarms(before), _alarms(after)
        lines += [(f"dropped: {clip} · {_words(alarms[key])}", "green") for key in alarms if key not in still]
        lines += [(f"new false alarm: {clip} · {_words(still[key])}", "red") for key in still if key not in alarms]
    return [(f"kept: {kept} events that were right", "none"), *lines]


def _hits(cases: Sequence[EventMatch]) -> dict[int, EventMatch]:
    return {id(case.expected): case for case in cases if case.verdict == "hit"}


def _alarms(cases: Sequence[EventMatch]) -> dict[str, EventMatch]:
    return {
        f"{case.verdict} {case.place} {case.event.started:.1f}": case
        for case in cases
        if case.event is not None and case.verdict in ("false_alarm", "duplicate") and not is_unjudged(case)
    }


def _words(case: EventMatch) -> str:
    scene, zone = case.place
    event = case.event
    when = "" if event is None else f": alarm at {event.opened:.1f} s, {event.first.event_id}"
    return f"{scene} · {zone}{when}" + (f" ({case.trap.why})" if case.trap else "")
