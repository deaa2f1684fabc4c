"""``sharp-eyes-hub city``: city packs are checked, taken over, given out, and get a year's holidays."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sharp_eyes.hub.areas.city_doubts import doubts, units_without_people, units_without_roster
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack, pack_file
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.cases.calendar_change import follow_calendar
from sharp_eyes.hub.cases.calendars import keep_calendar, missing_year
from sharp_eyes.hub.cases.city_change import lost_with
from sharp_eyes.hub.cases.city_versions import keep_version, readable_city, text_in_force
from sharp_eyes.hub.clocks.chinese_year import as_yaml, with_chinese_years
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import CityError, SettingsError
from sharp_eyes.hub.hub import prepared_hub, utc_now
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.notices.duty import shifts
from sharp_eyes.hub.people.accounts import units_with_people
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

city = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="City packs.")


@city.command("check")
def city_check(
    file: Annotated[Path, typer.Argument(help="City pack.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where something is doubtful, too.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Check a city pack and say what is in it.

    Says everything that is wrong at once, and what is allowed but hardly meant. With --config or --data it also says
    for which units nobody can sign in, and what the hub has that the pack lacks.

    Examples:
      sharp-eyes-hub city check configs/city/demo.yaml
      sharp-eyes-hub city check my-city.yaml --data var/hub --strict
    """
    pack = load_city_pack(file)
    typer.echo(f"{file}: {pack.name.en}: {len(pack.areas)} areas, {len(pack.units)} units, {len(pack.rules)} rules")
    missing = missing_year(pack.calendar, utc_now())
    doubtful = [*doubts(pack), *([] if missing is None else [missing])]
    if config is not None or data is not None:
        with prepared_hub(load_settings(config, data)) as hub, hub.read_only() as work:
            doubtful += lost_with(work, pack)
            doubtful += units_without_people(pack, units_with_people(work.session, pack))
            doubtful += units_without_roster(
                pack, {row.unit for row in shifts(work, pack.root) if row.unit is not None}
            )
            unknown = pack.notices.channels_missing(work.channels)
            doubtful += [f"notices go by {one!r}, which is not under notices.channels in hub.yaml" for one in unknown]
    else:
        typer.echo("whether each unit has people was not looked at; give --config or --data of the hub")
    for doubt in doubtful:
        typer.echo(f"doubtful: {doubt}", err=True)
    if strict and doubtful:
        raise typer.Exit(1)


@city.command("calendar")
def city_calendar(
    years: Annotated[list[int], typer.Argument(help="Years to make.", min=2004, max=2100)],
    of: Annotated[Path | None, typer.Option("--city", help="City pack whose hours and other years stay.")] = None,
    version: Annotated[str | None, typer.Option(help="Version of the calendar; the next one by itself.")] = None,
) -> None:
    """Print a city pack's 'calendar' with a year's public holidays and swapped working days (调休).

    The days come from the package chinesecalendar (pip install 'sharp-eyes[calendar]'), which follows the State
    Council's yearly notice. The hub itself never asks it: put what is printed into the city pack in place of the
    section of that name, check the days and your office's hours, and run 'city check'.

    Examples:
      sharp-eyes-hub city calendar 2026
      sharp-eyes-hub city calendar 2027 --city my-city.yaml > calendar.yaml
    """
    before = None if of is None else load_city_pack(of).calendar
    typer.echo(as_yaml(with_chinese_years(years, before, version)), nl=False)


@city.command("export")
def city_export(
    out: Annotated[Path | None, typer.Option("--out", help="File to write; instead of printing it.")] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give out the city pack that the hub uses, as it stands, with its comments.

    With --config or --data that is the one in force, with the areas and units that were changed by the interface since
    its file was read; what was changed there has lost its comments.

    Examples:
      sharp-eyes-hub city export --config hub.yaml --out my-city.yaml
      sharp-eyes-hub city export > demo.yaml
    """
    settings = load_settings(config, data)
    source = pack_file(settings.city)
    load_city_pack(source)
    text, said = source.read_text(encoding="utf-8"), f"the city pack of {source}"
    if config is not None or data is not None:
        with prepared_hub(settings) as hub, hub.read_only() as work:
            stored = text_in_force(work.session)
            if stored is not None and not hub.has_new_city:
                text, said = stored, f"version {work.city_version} of the city pack"
    if out is None:
        typer.echo(text, nl=False)
        return
    _write(out, text)
    typer.echo(f"{out}: {said}")


@city.command("import")
def city_import(
    file: Annotated[Path, typer.Argument(help="City pack to take over.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Take over a city pack: check it, see that nothing the hub has is without ground, and put it in place.

    It goes to the file that 'city:' in hub.yaml names; the one before stays beside it as NAME.before. What accounts,
    gateways or open cases need and the pack lacks refuses it. An area with a known id and another path is moved, with
    all that lies in it. Running hubs use it from their next piece of work on.

    Example:
      sharp-eyes-hub city import my-city.yaml --config hub.yaml
    """
    settings = load_settings(config, data)
    target = settings.city
    if target is None:
        raise SettingsError("hub.yaml names no city pack; say where it is to lie: 'city: my-city.yaml'")
    pack = load_city_pack(file)
    # What is replaced may be the very thing that is wrong: the hub is opened with the new one.
    with prepared_hub(settings.model_copy(update={"city": file.absolute()})) as hub:
        with hub.city_transaction() as work:
            number = _take_over(work, file, pack, target)
        follow_calendar(hub.transaction, hub.read_only)
    typer.echo(f"{target}: {pack.name.en}, version {number} ({pack.fingerprint}); running hubs use it now")


def _take_over(work: UnitOfWork, file: Path, pack: CityPack, target: Path) -> int:
    """Store a pack as the version in force and put it in place of the file; return the version's number.

    Raises:
        CityError: something that the hub has would be without ground; all of it is named.
    """
    by = command_line()
    text = file.read_text(encoding="utf-8")
    stored = readable_city(work.session)
    if stored is not None:
        work.city = stored.pack
    moves = keep_version(work, pack, text, Actor(ActorKind.PERSON, by.actor), "import")
    lost = list(lost_with(work, pack))
    if lost:
        raise CityError(f"{file} cannot take over; nothing was changed:\n" + "\n".join(f"  {one}" for one in lost))
    keep_calendar(work)
    before = target.read_bytes() if target.exists() else None
    if before is not None:
        _write(target.with_name(target.name + ".before"), before.decode("utf-8", errors="replace"))
    _write(target, text)
    detail: dict[str, Any] = {"file": target.name, "pack": pack.fingerprint, "version": work.city_version}
    record(work.session, work.now, by, Action.CITY_IMPORTED, area=pack.root, **detail, moved=moves)
    return work.city_version


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        SettingsError: it cannot be written.
    """
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error
