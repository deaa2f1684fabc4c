"""``sharp-eyes-hub city``: city packs are checked, taken over, given out, and get a year's holidays."""

from pathlib import Path
from typing import Annotated

import typer

from sharp_eyes.hub.areas.city_doubts import doubts, units_without_people
from sharp_eyes.hub.areas.city_pack import load_city_pack, pack_file
from sharp_eyes.hub.audit import Action, command_line, record
from sharp_eyes.hub.cases.calendars import missing_year
from sharp_eyes.hub.cases.city_change import lost_with
from sharp_eyes.hub.clocks.chinese_year import as_yaml, with_chinese_years
from sharp_eyes.hub.command_options import ConfigOption, DataOption
from sharp_eyes.hub.errors import CityError, SettingsError
from sharp_eyes.hub.hub import prepared_hub, utc_now
from sharp_eyes.hub.people.accounts import units_with_people
from sharp_eyes.hub.settings import load_settings

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

    Examples:
      sharp-eyes-hub city export --config hub.yaml --out my-city.yaml
      sharp-eyes-hub city export > demo.yaml
    """
    source = pack_file(load_settings(config, data).city)
    load_city_pack(source)
    text = source.read_text(encoding="utf-8")
    if out is None:
        typer.echo(text, nl=False)
        return
    _write(out, text)
    typer.echo(f"{out}: the city pack of {source}")


@city.command("import")
def city_import(
    file: Annotated[Path, typer.Argument(help="City pack to take over.")],
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Take over a city pack: check it, see that nothing the hub has is without ground, and put it in place.

    It goes to the file that 'city:' in hub.yaml names; the one before stays beside it as NAME.before. What accounts,
    gateways or open cases need and the pack lacks refuses it. A running hub reads it at its next start.

    Example:
      sharp-eyes-hub city import my-city.yaml --config hub.yaml
    """
    settings = load_settings(config, data)
    target = settings.city
    if target is None:
        raise SettingsError("hub.yaml names no city pack; say where it is to lie: 'city: my-city.yaml'")
    pack = load_city_pack(file)
    # What is replaced may be the very thing that is wrong: the hub is opened with the new one.
    with prepared_hub(settings.model_copy(update={"city": file.absolute()})) as hub, hub.transaction() as work:
        lost = list(lost_with(work, pack))
        if lost:
            raise CityError(f"{file} cannot take over; nothing was changed:\n" + "\n".join(f"  {one}" for one in lost))
        before = target.read_bytes() if target.exists() else None
        if before is not None:
            _write(target.with_name(target.name + ".before"), before.decode("utf-8", errors="replace"))
        _write(target, file.read_text(encoding="utf-8"))
        detail = {"file": target.name, "pack": pack.fingerprint}
        record(work.session, work.now, command_line(), Action.CITY_IMPORTED, area=pack.root, **detail)
    typer.echo(f"{target}: {pack.name.en}, version {pack.fingerprint}; restart the hub to use it")


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
