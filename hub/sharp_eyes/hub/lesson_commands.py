"""``sharp-eyes-hub lessons``: what people said of alarms: counted, given out to learn from, turned into thresholds."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import RequestError, SettingsError
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.camera_settings import newest_version
from sharp_eyes.hub.lessons.counts import Asked, Level, count_false_alarms
from sharp_eyes.hub.lessons.export import Wanted, export_lessons
from sharp_eyes.hub.lessons.past_alarms import AdviceFound, Threshold, find_advice
from sharp_eyes.hub.lessons.rollout import revert, roll_out
from sharp_eyes.hub.private_files import keep_files_private
from sharp_eyes.hub.settings import load_settings

lessons = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="False alarms: counted, learned from, turned into thresholds."
)

GatewayArgument = Annotated[str, typer.Argument(help="The gateway's identifier.")]
CameraArgument = Annotated[str, typer.Argument(help="The camera's identifier.")]
SceneArgument = Annotated[SceneName, typer.Argument(help="The scene, such as ebike_stairwell.")]
Days = Annotated[int, typer.Option(min=1, max=366, help="Alarms of the last so many days.")]
Why = Annotated[str, typer.Option(help="Why; it stands beside the change and in the audit trail.")]
_WHY_NOT = {
    "no_false_alarms": "there was no false alarm",
    "no_confirmed_alarms": "no true alarm is known: nobody could say what a higher threshold costs",
    "costs_true_alarms": "every value that drops a false case loses a true one; --may-lose says how many may be lost",
    "no_value_drops_any": "no value drops a false case",
}


@lessons.command("list")
def lessons_list(
    by: Annotated[Level, typer.Option(help="What a row stands for: camera, scene or zone.")] = "zone",
    days: Days = 30,
    most: Annotated[int, typer.Option(min=1, max=500, help="Places to list at most.")] = 50,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Count alarms by place and what people said of them, most false ones first.

    Examples:
      sharp-eyes-hub lessons list --config hub.yaml
      sharp-eyes-hub lessons list --by camera --days 7
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        asked = Asked(work.now - timedelta(days=days), work.now)
        found, more = count_false_alarms(work, Scope(hub.city.root), asked, by, most)
    for one in found:
        place = "/".join(part for part in (one.gateway, one.camera, one.scene, one.zone) if part is not None)
        reasons = ", ".join(f"{code or 'no reason'} {cases}" for code, cases in one.reasons.items())
        false = f"{one.false} false" + (f" (cases: {reasons})" if reasons else "")
        typer.echo(f"{place}: {one.alarms} alarms, {false}, {one.confirmed} true, {one.unjudged} not judged")
    if not found:
        typer.echo(f"no alarms in the last {days} days")
    if more:
        typer.echo("there are more places; --most lists them")


@lessons.command("advice")
def lessons_advice(
    gateway: GatewayArgument,
    camera: CameraArgument,
    scene: SceneArgument,
    key: Annotated[str, typer.Argument(help="Number of the scene's settings: score, dwell …")] = "score",
    days: Days = 30,
    may_lose: Annotated[int, typer.Option(min=0, help="True cases that a proposal may lose.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as one JSON object.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Say what a higher threshold would have changed: how many false alarms gone, and how many true ones lost.

    Examples:
      sharp-eyes-hub lessons advice gate-01 lobby ebike_stairwell
      sharp-eyes-hub lessons advice gate-01 yard illegal_parking dwell --days 90 --may-lose 1
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        try:
            asked = Threshold(gateway, camera, scene, key)
            found = find_advice(work, asked, work.now - timedelta(days=days), work.now, may_lose)
        except RequestError as error:
            raise SettingsError(str(error)) from error
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    _show(found, key)


def _show(found: AdviceFound, key: str) -> None:
    advice = found.advice
    now = "the scene's default" if found.present is None else f"{found.present:g}"
    typer.echo(
        f"{key} is {now}; {found.read} alarms: {advice.false.alarms} false ({advice.false.cases} cases), "
        f"{advice.confirmed.alarms} true ({advice.confirmed.cases} cases), {advice.unjudged.alarms} not judged"
    )
    if found.cut:
        typer.echo("there were more alarms; only the newest are looked at")
    if not found.exact:
        typer.echo("an estimate, at most so many of each: 'sharp-eyes-edge tune' tries it on recordings, look by look")
    table = Table(key, "false gone", "cases", "true lost", "cases", "not judged gone", "")
    for step in advice.steps:
        tallies = (step.false.alarms, step.false.cases, step.confirmed.alarms, step.confirmed.cases)
        mark = "proposed" if step == advice.proposed else ""
        table.add_row(f"{step.value:g}", *map(str, tallies), str(step.unjudged.alarms), mark)
    if advice.steps:
        Console(soft_wrap=True).print(table)
    if advice.why_not is not None:
        typer.echo(f"nothing is proposed: {_WHY_NOT[advice.why_not]}")


@lessons.command("set")
def lessons_set(
    gateway: GatewayArgument,
    camera: CameraArgument,
    scene: SceneArgument,
    key: Annotated[str, typer.Argument(help="Number of the scene's settings.")],
    value: Annotated[float, typer.Argument(help="From now on.")],
    why: Why,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Set a threshold of one scene of a camera; its gateway checks it and answers ('camera settings' shows it).

    Example:
      sharp-eyes-hub lessons set gate-01 lobby ebike_stairwell score 0.61 --why "shadows of the lift door"
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        try:
            base = newest_version(work, gateway, camera)
            wanted = Threshold(gateway, camera, scene, key)
            version = roll_out(work, command_line(), wanted, value, why, base).version
        except RequestError as error:
            raise SettingsError(str(error)) from error
    typer.echo(f"version {version} waits for gateway {gateway}; it is taken when the gateway and the hub run")


@lessons.command("revert")
def lessons_revert(
    gateway: GatewayArgument,
    camera: CameraArgument,
    version: Annotated[int, typer.Argument(min=0, help="That is to hold again; 0: the gateway's file.")],
    why: Why,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Let what an earlier version of a camera's settings set hold again, as a new version.

    Example:
      sharp-eyes-hub lessons revert gate-01 lobby 3 --why "it lost true ones"
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        try:
            base = newest_version(work, gateway, camera)
            made = revert(work, command_line(), gateway, camera, version, why, base).version
        except RequestError as error:
            raise SettingsError(str(error)) from error
    typer.echo(f"version {made} waits for gateway {gateway}; it is taken when the gateway and the hub run")


@lessons.command("export")
def lessons_export(
    folder: Annotated[Path, typer.Argument(help="Folder to write: new, or of an earlier run with the same options.")],
    since: Annotated[str, typer.Option(help="Alarms from this day on, such as 2026-10-01; UTC where no zone is said.")],
    scene: Annotated[list[SceneName] | None, typer.Option(help="Only this scene. Several times.")] = None,
    gateway: Annotated[list[str] | None, typer.Option(help="Only this gateway. Several times.")] = None,
    area: Annotated[str, typer.Option(help="Only this area and below.")] = "",
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Write judged alarms, false and true ones, with their pictures; 'sharp-eyes-edge' tunes and learns from them.

    A run that was stopped goes on when it is started again, and a later one brings the folder up to date: what the hub
    has deleted since then goes there, too. Whoever has the folder has pictures of the street: keep it like the hub's.

    Examples:
      sharp-eyes-hub lessons export lessons --since 2026-10-01 --config hub.yaml
      sharp-eyes-hub lessons export smoke --since 2026-10-01 --scene smoke --area demo/first-street
    """
    keep_files_private()
    wanted = Wanted(_moment(since), tuple(scene or ()), tuple(gateway or ()), area)
    with prepared_hub(load_settings(config, data)) as hub:
        if area and hub.city.area(area) is None:
            raise SettingsError(f"--area {area}: not in the city pack")
        done = export_lessons(hub.read_only, hub.evidence_store, hub.settings.retention, wanted, folder)
        detail = {"false": done.false, "confirmed": done.confirmed, "pictures": done.pictures}
        asked = {"since": wanted.since.isoformat(), "scenes": list(wanted.scenes), "gateways": list(wanted.gateways)}
        with hub.transaction() as work:
            origin, where = command_line(), area or hub.city.root
            record(work.session, work.now, origin, Action.EXPORTED, area=where, subject="lessons", **detail, only=asked)
    typer.echo(
        f"{folder}: {done.false} false and {done.confirmed} true alarms with {done.pictures} pictures "
        f"({done.copied} new, {done.removed} taken away)"
    )
    if done.over:
        typer.echo(f"{done.over} alarms were left out: their term is over")
    if done.damaged:
        typer.echo(f"{done.damaged} pictures were left out: missing, or not what was received", err=True)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"--since {text}: write a day or a moment, such as 2026-10-01 or 2026-10-01T08:00"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
