"""What people said of events: confirmed or false, by event id."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.event_matching import Raised
from sharp_eyes.edge.evaluate.events.suite import SuiteClip
from sharp_eyes.edge.evaluate.events.truth import Expected
from sharp_eyes.edge.evaluate.events.tuning import UNJUDGED
from sharp_eyes.edge.lessons.from_hub import manifest_of

Verdicts = Mapping[str, Literal["confirmed", "false"]]


def read_verdicts(path: Path) -> Verdicts:
    """Read a CSV with the columns ``event_id`` and ``verdict``, JSON Lines with these keys, or a hub's lessons.

    ``path``: a file, or the folder that ``sharp-eyes-hub lessons export`` wrote.

    Raises:
        ConfigError: names the file, the line and what is wrong with it.
    """
    path = manifest_of(path) if path.is_dir() else path
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or 'no text in UTF-8'}") from error
    rows = _csv_rows(text) if path.suffix.lower() == ".csv" else _json_rows(text, path)
    found: dict[str, Literal["confirmed", "false"]] = {}
    for line, row in rows:
        identity, said = row.get("event_id"), row.get("verdict")
        if not identity or not isinstance(identity, str):
            raise ConfigError(f"{path}: line {line}: event_id is missing")
        if said not in ("confirmed", "false"):
            raise ConfigError(f"{path}: line {line}: verdict is {said!r}; write confirmed or false")
        verdict: Literal["confirmed", "false"] = "confirmed" if said == "confirmed" else "false"
        if found.setdefault(identity, verdict) != verdict:
            raise ConfigError(f"{path}: line {line}: event {identity} was said to be {found[identity]} before")
    if not found:
        raise ConfigError(f"{path}: holds no verdict")
    return found


def _csv_rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines())
    return [(reader.line_num, row) for row in reader]


def _json_rows(text: str, path: Path) -> list[tuple[int, dict[str, Any]]]:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{path}: line {number}: no valid JSON: {error}") from error
        if not isinstance(row, dict):
            raise ConfigError(f"{path}: line {number}: a mapping with event_id and verdict is expected")
        rows.append((number, row))
    return rows


def judged_clips(
    clips: Sequence[SuiteClip], events: Sequence[Sequence[Raised]], verdicts: Verdicts
) -> tuple[list[SuiteClip], list[str]]:
    """The clips with a truth made of verdicts, and the ids that no event has.

    A confirmed event becomes an expected one, a false one a trap, and one without a verdict a trap that counts
    neither way.

    Args:
        clips: as the suite has them; their own truth is put aside.
        events: what each clip gives under the present settings.
        verdicts: by event id.
    """
    known = {str(event.first.event_id) for own in events for event in own}
    made = [
        replace(clip, expected=tuple(_expected(event, verdicts.get(str(event.first.event_id))) for event in own))
        for clip, own in zip(clips, events, strict=True)
    ]
    return made, sorted(set(verdicts) - known)


def _expected(event: Raised, said: str | None) -> Expected:
    scene, zone = event.place
    return Expected.model_validate(
        {
            "scene": scene,
            "zone": zone,
            "from": max(event.started, 0.0),
            "to": max(event.ended, event.started, 0.0),
            "expected": said == "confirmed",
            "why": UNJUDGED if said is None else f"judged {said}",
        }
    )
