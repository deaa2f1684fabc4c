"""What the demo's registers hold: places and premises of the files beside its pack, sponsors, homes with devices."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.devices.register import (
    DeviceWish,
    HouseholdWish,
    Person,
    save_device,
    save_household,
    set_contacts,
)
from sharp_eyes.hub.dispatch.sponsors import SponsorWish, add_sponsor
from sharp_eyes.hub.inspections.importing import import_premises
from sharp_eyes.hub.one_map.place_files import take_file
from sharp_eyes.hub.store.device_tables import Household
from sharp_eyes.hub.store.inspection_tables import Premises
from sharp_eyes.hub.store.place_tables import Place
from sharp_eyes.hub.store.sponsor_tables import Sponsor
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_PLACES, _PREMISES = "demo-places.csv", "demo-premises.csv"
_EAST, _NORTH = "demo/first-street/east", "demo/second-street/north"
_BY = "demo"


@dataclass(frozen=True, slots=True)
class Home:
    """A household with one device."""

    wish: HouseholdWish
    contact: Person
    kind: str
    serial: str


ELDER = Home(
    HouseholdWish(
        _EAST,
        "柳桥东社区 1 号楼 301 室 · East, house 1, flat 301",
        "82 岁，听力不好，邻居有钥匙 · 82, hears badly; the neighbour has a key",
        lone_elder=True,
        point=(120.5241, 29.6031),
    ),
    Person("302 室邻居 · Neighbour in 302", "13800001111"),
    "smoke_alarm",
    "SA-0042",
)
"""Where the smoke alarm of the story hangs."""

_HOMES = (
    ELDER,
    Home(
        HouseholdWish(_NORTH, "石湾北社区 1 号楼 502 室 · North, house 1, flat 502", point=(120.5210, 29.6260)),
        Person("502 室住户 · Who lives in 502", "13800002222"),
        "gas_detector",
        "GD-0007",
    ),
)
_SPONSORS = (
    SponsorWish(_EAST, "parks", "园林所所长 · Head of the parks office", person="crew-parks"),
    SponsorWish(_EAST, "drainage", "排水所所长 · Head of the drainage office"),
    SponsorWish(_NORTH, "city-management", "城管队长 · Head of the city management team"),
)


def fill_registers(work: UnitOfWork, city: Path) -> None:
    """Fill each register once; ``city``: the pack, beside which the files lie. What people changed since stays."""
    root, by = work.city.root, command_line()
    if work.session.scalar(select(Place.id).limit(1)) is None:
        take_file(work, by, root, "csv", city.with_name(_PLACES).read_text(encoding="utf-8"), None, check=False)
    if work.session.scalar(select(Premises.id).limit(1)) is None:
        import_premises(work, by, root, city.with_name(_PREMISES).read_bytes(), only_check=False)
    if work.session.scalar(select(Sponsor.id).limit(1)) is None:
        for sponsor in _SPONSORS:
            add_sponsor(work, sponsor, _BY)
    if work.session.scalar(select(Household.id).limit(1)) is None:
        for home in _HOMES:
            row = save_household(work, root, home.wish)
            set_contacts(work, row, [home.contact])
            save_device(work, root, DeviceWish(home.kind, home.serial, row.id))
