"""Sets up the demo's folder: hub settings, accounts with generated passwords, and a registered gateway."""

import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack
from sharp_eyes.hub.demo.crew import CrewAccounts
from sharp_eyes.hub.demo.footage import AREA, find_district, find_footage, gateway_file, with_one_fall_a_round
from sharp_eyes.hub.demo.people import OTHERS, keep_roster
from sharp_eyes.hub.demo.registers import fill_registers
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.open311_settings import Open311Settings
from sharp_eyes.hub.people.accounts import add_account, hash_drawn
from sharp_eyes.hub.settings import BrokerSettings, HttpSettings, HubSettings
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

GATEWAY = "gw-demo"
VIEWER = "demo"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Passwords, kept in the demo's folder so that a second start has the same.

    Attributes:
        viewer: of whoever looks at the demo.
        crews: of the handlers, by unit.
        staff: of the command centre's people, by role.
        others: of everybody else in the district, by user name.
    """

    viewer: str
    crews: dict[str, str]
    staff: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything the demo's processes need."""

    folder: Path
    hub_file: Path
    gateway_file: Path
    url: str
    credentials: Credentials
    crew: CrewAccounts


_STAFF = {
    Role.CLERK: "演示受理员 · Demo clerk",
    Role.DISPATCHER: "演示派遣员 · Demo dispatcher",
    Role.CHECKER: "演示核查员 · Demo checker",
    Role.SHIFT_LEAD: "演示值班长 · Demo shift lead",
}


def prepare(folder: Path, port: int, broker_port: int) -> Demo:
    """Make the folder ready; what a first start has made is kept.

    Raises:
        HubError: when the footage or the folder is not in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    footage = with_one_fall_a_round(find_footage(), folder)
    settings = HubSettings(
        data=folder / "hub",
        city=find_district(),
        http=HttpSettings(port=port),
        broker=BrokerSettings(port=broker_port),
        open311=Open311Settings(enabled=True),
    )
    hub_file = folder / "hub.yaml"
    _write_yaml(hub_file, settings.model_dump(mode="json", exclude_none=True))
    credentials = _accounts(folder, settings)
    gateway = folder / "gateway.yaml"
    _write_yaml(gateway, gateway_file(footage, GATEWAY, broker_port, folder / "gateway.password"))
    crew = CrewAccounts(
        {role: (staff_name(Role(role)), password) for role, password in credentials.staff.items()},
        {unit: (crew_name(unit), password) for unit, password in credentials.crews.items()},
        _unit_of(load_city_pack(settings.city)),
    )
    return Demo(folder, hub_file, gateway, f"http://127.0.0.1:{port}", credentials, crew)


def staff_name(role: Role) -> str:
    """User name of whoever does a desk's work."""
    return f"demo-{role.value.replace('_', '-')}"


def crew_name(unit: str) -> str:
    """User name of a unit's handler."""
    return f"crew-{unit}"


def _unit_of(city: CityPack) -> dict[str, str]:
    """The unit that the city's rules name for each scene and kind; its first unit where they name none."""
    subjects = [*(scene.value for scene in SceneName), *(kind.id for kind in city.kinds)]
    return {one: next(iter(city.rule(one, AREA).units), city.units[0].id) for one in subjects}


def _accounts(folder: Path, settings: HubSettings) -> Credentials:
    """Make accounts and gateway once, all in one transaction; afterwards read what was made then."""
    kept = folder / "credentials.json"
    made = _read(kept) if kept.is_file() else None
    hub = Hub(settings)
    try:
        hub.prepare()
        with hub.transaction() as work:
            credentials = _make_viewer(work) if made is None else made
            # A folder of an earlier version has none of these, or not all.
            credentials = replace(credentials, crews=credentials.crews | _make_crews(work, hub.city, credentials.crews))
            credentials = replace(credentials, staff=credentials.staff or _make_staff(work))
            credentials = replace(credentials, others=_make_others(work, credentials.others))
            keep_roster(work)
            fill_registers(work, find_district())
            # Written inside the transaction: either both the files and the accounts are there, or a
            # second start overwrites the files and makes the accounts.
            if made is None:
                password = add_gateway(work.session, work.city, work.now, GATEWAY, AREA)
                _write_secret(folder / "gateway.password", password)
            _write_secret(kept, json.dumps(asdict(credentials), indent=2))
    finally:
        hub.stop()
    return credentials


def _make_viewer(work: UnitOfWork) -> Credentials:
    viewer = secrets.token_urlsafe(9)
    _add(work, VIEWER, viewer, Role.ADMINISTRATOR, "演示 · Demo", drawn=False)  # short, to be typed
    return Credentials(viewer, {})


def _make_crews(work: UnitOfWork, city: CityPack, known: dict[str, str]) -> dict[str, str]:
    made = {unit.id: secrets.token_urlsafe(16) for unit in city.units if unit.id not in known}
    for unit, password in made.items():
        named = city.unit(unit)
        _add(
            work, crew_name(unit), password, Role.HANDLER, f"{named.name.zh} · {named.name.en}" if named else unit, unit
        )
    return made


def _make_staff(work: UnitOfWork) -> dict[str, str]:
    passwords = {role.value: secrets.token_urlsafe(16) for role in _STAFF}
    for role, name in _STAFF.items():
        _add(work, staff_name(role), passwords[role.value], role, name)
    return passwords


def _make_others(work: UnitOfWork, kept: dict[str, str]) -> dict[str, str]:
    passwords = {one.username: kept.get(one.username) or secrets.token_urlsafe(16) for one in OTHERS}
    known = set(work.session.scalars(select(Account.username)))
    for one in OTHERS:
        if one.username not in known:
            _add(work, one.username, passwords[one.username], one.role, one.name, one.unit, one.area)
    return passwords


def _add(
    work: UnitOfWork,
    username: str,
    password: str,
    role: Role,
    name: str,
    unit: str | None = None,
    area: str | None = None,
    drawn: bool = True,
) -> None:
    add_account(
        work.session,
        work.city,
        work.now,
        username=username,
        password=password,
        role=role,
        area=area,
        unit=unit,
        display_name=name,
        password_hash=hash_drawn(password) if drawn else None,
    )


def _read(path: Path) -> Credentials:
    try:
        return Credentials(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); start with --fresh") from error


def _write_secret(path: Path, text: str) -> None:
    write_private(path, text + "\n")


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    write_private(path, yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
