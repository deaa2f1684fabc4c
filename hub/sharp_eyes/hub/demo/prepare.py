"""Sets up the demo's folder: hub settings, accounts with generated passwords, and a registered gateway."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.state_machine import Role
from sharp_eyes.hub.demo.footage import AREA, find_footage, gateway_file
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.people.accounts import add_account
from sharp_eyes.hub.private_files import write_private
from sharp_eyes.hub.settings import BrokerSettings, HttpSettings, HubSettings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

GATEWAY = "gw-demo"
VIEWER = "demo"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Passwords by user name, kept in the demo's folder so that a second start has the same."""

    viewer: str
    crews: dict[str, str]


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything the demo's processes need."""

    folder: Path
    hub_file: Path
    gateway_file: Path
    url: str
    credentials: Credentials


def prepare(folder: Path, port: int, broker_port: int) -> Demo:
    """Make the folder ready; what a first start has made is kept.

    Raises:
        HubError: when the footage or the folder is not in order.
    """
    footage = find_footage()
    folder.mkdir(parents=True, exist_ok=True)
    settings = HubSettings(data=folder / "hub", http=HttpSettings(port=port), broker=BrokerSettings(port=broker_port))
    hub_file = folder / "hub.yaml"
    _write_yaml(hub_file, settings.model_dump(mode="json", exclude_none=True))
    credentials = _accounts(folder, settings)
    gateway = folder / "gateway.yaml"
    _write_yaml(gateway, gateway_file(footage, GATEWAY, broker_port, folder / "gateway.password"))
    return Demo(folder, hub_file, gateway, f"http://127.0.0.1:{port}", credentials)


def _accounts(folder: Path, settings: HubSettings) -> Credentials:
    """Make accounts and gateway once, all in one transaction; afterwards read what was made then."""
    kept = folder / "credentials.json"
    if kept.is_file():
        return _read(kept)
    hub = Hub(settings)
    try:
        hub.prepare()
        with hub.transaction() as work:
            credentials = _make_accounts(work, hub.city)
            password = add_gateway(work.session, work.city, work.now, GATEWAY, AREA)
            # Written inside the transaction: either both the files and the accounts are there, or a
            # second start overwrites the files and makes the accounts.
            _write_secret(folder / "gateway.password", password)
            _write_secret(kept, json.dumps(asdict(credentials), indent=2))
    finally:
        hub.stop()
    return credentials


def _make_accounts(work: UnitOfWork, city: CityPack) -> Credentials:
    viewer = secrets.token_urlsafe(9)
    crews = {unit.id: secrets.token_urlsafe(16) for unit in city.units}
    add_account(
        work.session,
        work.city,
        work.now,
        username=VIEWER,
        password=viewer,
        role=Role.ADMINISTRATOR,
        display_name="演示 · Demo",
    )
    for unit in city.units:
        add_account(
            work.session,
            work.city,
            work.now,
            username=f"crew-{unit.id}",
            password=crews[unit.id],
            role=Role.HANDLER,
            unit=unit.id,
            display_name=f"{unit.name.zh} · {unit.name.en}",
        )
    return Credentials(viewer, crews)


def _read(path: Path) -> Credentials:
    try:
        return Credentials(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); start with --fresh") from error


def _write_secret(path: Path, text: str) -> None:
    write_private(path, text + "\n")


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    write_private(path, yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
