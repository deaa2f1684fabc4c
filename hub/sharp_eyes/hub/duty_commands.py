"""``sharp-eyes-hub duty`` and ``snooze``: rosters from a table, and cameras or scenes that call nobody for a while."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import RequestError, SettingsError
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.snoozes import add_snooze, end_snooze, list_snoozes
from sharp_eyes.hub.notices.duty import add_shift, shifts
from sharp_eyes.hub.people.accounts import find_account
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.notice_tables import DutyShift, Snooze
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

duty = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Duty rosters.")
snooze = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Cameras and scenes that call nobody.")
_OUT = Console()
_BY = "command line"
_COLUMNS = ("user", "unit", "role", "begins", "ends")


@duty.command("import")
def duty_import(
    file: Annotated[Path, typer.Argument(help="CSV with the columns user,unit,role,begins,ends and, if wanted, note.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Add a roster from a table, all of it or nothing. Times without a zone are the city's.

    In each line stands a unit or a role, such as
      ann,traffic-police,,2026-03-02 08:00,2026-03-02 20:00

    Example:
      sharp-eyes-hub duty import march.csv --config hub.yaml
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            lines = list(csv.DictReader(source))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{file}: cannot be read: {error}") from error
    if lines and not set(_COLUMNS) <= set(lines[0]):
        raise SettingsError(f"{file}: the first line names the columns {','.join(_COLUMNS)}")
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        for number, one in enumerate(lines, start=2):
            try:
                _add(work, one)
            except (RequestError, SettingsError, ValueError) as error:
                raise SettingsError(f"{file}, line {number}: {error}; nothing was added") from error
        origin, area = command_line(), work.city.root
        record(work.session, work.now, origin, Action.SHIFTS_ADDED, area=area, subject=file.name, shifts=len(lines))
    typer.echo(f"{len(lines)} shifts were added")


@duty.command("list")
def duty_list(
    unit: Annotated[str | None, typer.Option(help="Only of this unit.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """List the shifts that are not over.

    Example:
      sharp-eyes-hub duty list --unit traffic-police --config hub.yaml
    """
    table = Table("user", "unit or role", "area", "begins", "ends", "note")
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        for row in shifts(work, work.city.root, unit=unit):
            name = work.session.get_one(Account, row.account_id).username
            times = (_said(at, work.city.zone) for at in (row.begins_at, row.ends_at))
            table.add_row(name, row.unit or row.role or "", row.area, *times, row.note)
    _OUT.print(table)


@snooze.command("add")
def snooze_add(
    reason: Annotated[str, typer.Option(help="Why, such as 'road works'; it stands in the cases' logs.")],
    hours: Annotated[float, typer.Option(min=0.1, help="For how many hours.")],
    camera: Annotated[str | None, typer.Option(help="GATEWAY/CAMERA.")] = None,
    scene: Annotated[SceneName | None, typer.Option(help="Scene.")] = None,
    zone: Annotated[str | None, typer.Option(help="Zone of the camera.")] = None,
    area: Annotated[str | None, typer.Option(help="Area with all below; the whole city.")] = None,
    major_too: Annotated[bool, typer.Option("--major-too", help="Also what is of the grade major.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Let the alarms of a camera, of a scene, or of both call nobody for a while. They are kept.

    Examples:
      sharp-eyes-hub snooze add --camera gate-01/yard --hours 48 --reason "road works"
      sharp-eyes-hub snooze add --scene bike_clutter --area demo/first-street --hours 10 --reason "street festival"
    """
    gateway, _, name = (camera or "").partition("/")
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        row = Snooze(
            area=area or work.city.root,
            gateway=gateway or None,
            camera=name or None,
            scene=None if scene is None else scene.value,
            zone=zone,
            major_too=major_too,
            begins_at=work.now,
            ends_at=work.now + timedelta(hours=hours),
            reason=reason.strip(),
            made_by=_BY,
            made_at=work.now,
        )
        try:
            add_snooze(work, row)
        except RequestError as error:
            raise SettingsError(str(error)) from error
        subject = f"{row.id} {camera or ''} {scene or ''}"
        record(work.session, work.now, command_line(), Action.SNOOZE_SET, area=row.area, subject=subject, reason=reason)
        said = f"snooze {row.id} holds until {_said(row.ends_at, work.city.zone)}"
    typer.echo(said)


@snooze.command("list")
def snooze_list(config: ConfigOption = None, data: DataOption = None) -> None:
    """List the snoozes that are not over.

    Example:
      sharp-eyes-hub snooze list --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
        for row in list_snoozes(work, work.city.root):
            place = "/".join(part for part in (row.gateway, row.camera, row.zone) if part)
            what = " ".join(part for part in (place, row.scene, f"in {row.area}") if part)
            until = _said(row.ends_at, work.city.zone)
            typer.echo(f"{row.id}: {what} until {until}, by {row.made_by}: {row.reason}")


@snooze.command("end")
def snooze_end(
    number: Annotated[int, typer.Argument(help="Its id, from 'snooze list'.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """End a snooze before its time; what still holds is opened again by the running hub.

    Example:
      sharp-eyes-hub snooze end 3 --config hub.yaml
    """
    with prepared_hub(load_settings(config, data)) as hub, hub.transaction() as work:
        row = work.session.get(Snooze, number)
        if row is None or row.ends_at <= work.now:
            raise SettingsError(f"there is no snooze {number} that is not over; 'snooze list' shows all")
        end_snooze(work, row, _BY)
        record(work.session, work.now, command_line(), Action.SNOOZE_ENDED, area=row.area, subject=str(number))
    typer.echo(f"snooze {number} was ended")


def _add(work: UnitOfWork, one: dict[str, str]) -> None:
    account = find_account(work.session, (one["user"] or "").strip())
    begins, ends = (_moment(one[name], work.city.zone) for name in ("begins", "ends"))
    row = DutyShift(
        account_id=account.id,
        area=account.area,
        unit=(one["unit"] or "").strip() or None,
        role=(one["role"] or "").strip() or None,
        begins_at=begins,
        ends_at=ends,
        note=(one.get("note") or "").strip(),
        made_by=_BY,
        made_at=work.now,
    )
    add_shift(work, row, account)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat((text or "").strip())
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _said(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
