"""``sharp-eyes-hub city try``: what a changed city pack would have done with the alarms of the last days."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from sharp_eyes.hub.areas.city_pack import load_city_pack
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.dry_run import Comparison, compare, read_past
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.settings import load_settings


def city_try(
    file: Annotated[Path, typer.Argument(help="The changed city pack.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="Alarms of the last so many days.")] = 30,
    most: Annotated[int, typer.Option(min=0, help="Cases to list at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as one JSON object.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Try a changed city pack on past alarms: what its rules would have done otherwise than those in force.

    The alarms go through the real intake twice, into databases that are thrown away; the hub may be running and
    nothing of it is changed. What people would have done otherwise it cannot say.

    Examples:
      sharp-eyes-hub city try my-city.yaml --config hub.yaml
      sharp-eyes-hub city try my-city.yaml --days 7 --json --config hub.yaml > differences.json
    """
    changed = load_city_pack(file)
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        past = read_past(work, work.now - timedelta(days=days), work.now)
        present, limits = hub.city, hub.settings.limits
    found = compare(past, present, changed, limits)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, default=str))
        return
    for text in _report(found, days, most):
        typer.echo(text)


def _report(found: Comparison, days: int, most: int) -> Iterator[str]:
    before, after = found.cases
    yield f"{found.alarms} alarms of the last {days} days: {before} cases under the pack in force, {after} under this"
    yield f"{len(found.differences)} cases differ"
    for what in sorted({*found.counts[0], *found.counts[1]}):
        one, other = (side.get(what, 0) for side in found.counts)
        if one != other:
            yield f"  {what}: {one} → {other}"
    for difference in found.differences[:most]:
        sides = [one for one in (difference.before, difference.after) if one is not None]
        yield f"{difference.number} {sides[0].scene} in {sides[0].area}"
        for sign, side in (("-", difference.before), ("+", difference.after)):
            yield f"  {sign} " + ("no case of its own" if side is None else f"{side.said}; {side.alarms} alarms")
    if len(found.differences) > most:
        yield f"… and {len(found.differences) - most} more; --most lists them"
