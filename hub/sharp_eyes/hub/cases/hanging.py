"""What hangs on an area or a unit, so that it cannot be taken away: open cases, cameras, people and all else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from sharp_eyes.hub.areas.city_pack import Area, Unit
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.device_tables import Device, DevicePlatform, Household
from sharp_eyes.hub.store.inspection_tables import Premises
from sharp_eyes.hub.store.notice_tables import DutyShift, Snooze
from sharp_eyes.hub.store.sponsor_tables import Sponsor
from sharp_eyes.hub.store.tables import Account, ApiToken, Camera, Gateway, GatewayInvitation
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook

Kind = Literal[
    "areas",
    "rules",
    "open_cases",
    "cameras",
    "gateways",
    "invitations",
    "people",
    "api_tokens",
    "shifts",
    "snoozes",
    "webhooks",
    "premises",
    "devices",
    "households",
    "device_platforms",
    "sponsors",
]
_NAMED = 5
"""How many of a kind are named; of the others the count is said."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """Things of one kind: how many, and the names of the first."""

    kind: Kind
    count: int
    names: tuple[str, ...]

    @property
    def said(self) -> str:
        """In words, such as ``2 open cases (2026-000001, 2026-000002)``."""
        word = self.kind.replace("_", " ").replace("api", "API")
        word = (
            "person"
            if word == "people" and self.count == 1
            else word.removesuffix("s")
            if self.count == 1 and word != "premises"
            else word
        )
        more = self.count - len(self.names)
        return f"{self.count} {word} ({', '.join(self.names)}{f' and {more} more' if more else ''})"


def hanging_on_area(work: UnitOfWork, area: Area, staying: Sequence[Area], *, alone: bool) -> list[Hanging]:
    """Say what lies in an area and has not ended, but for what lies in one of ``staying`` below it.

    ``alone``: those below hang on it themselves, for nothing else is changed with it.
    """
    path = area.path

    def is_here(at: str) -> bool:
        return covers(path, at) and not any(covers(one.path, at) for one in staying)

    rules = [f"{what} in {rule.area}" for what, rule in work.city.courses if rule.area and is_here(rule.area)]
    found = [*listed("areas", [one.path for one in staying] if alone else []), *listed("rules", rules)]
    waits = GatewayInvitation.used_at.is_(None) & (GatewayInvitation.expires_at > work.now)
    lasts, holds = DutyShift.ends_at > work.now, Snooze.over_at.is_(None)
    who = select(Account.username).join(DutyShift, DutyShift.account_id == Account.id)
    stored: tuple[tuple[Kind, Select[Any], InstrumentedAttribute[str], ColumnElement[bool] | None], ...] = (
        ("open_cases", select(Case.number), Case.area, Case.ended_at.is_(None)),
        ("cameras", select(Camera.gateway + "/" + Camera.camera), Camera.area, None),
        ("gateways", select(Gateway.name), Gateway.area, Gateway.removed_at.is_(None)),
        ("invitations", select(GatewayInvitation.gateway), GatewayInvitation.area, waits),
        ("people", select(Account.username), Account.area, Account.disabled.is_(False)),
        ("api_tokens", select(ApiToken.name), ApiToken.area, _live(work)),
        ("shifts", who, DutyShift.area, lasts),
        ("snoozes", select(Snooze.reason), Snooze.area, holds),
        ("webhooks", select(Webhook.name), Webhook.area, None),
        ("premises", select(Premises.name), Premises.area, Premises.active.is_(True)),
        ("devices", select(Device.serial), Device.area, None),
        ("households", select(Household.address), Household.area, None),
        ("device_platforms", select(DevicePlatform.name), DevicePlatform.area, None),
        ("sponsors", select(Sponsor.unit), Sponsor.area, _in_force(work)),
    )
    for kind, query, column, only in stored:
        conditions = [within(column, path), *(~within(column, one.path) for one in staying)]
        conditions += [] if only is None else [only]
        found += _counted(work, kind, query.where(*conditions))
    return found


def hanging_on_unit(work: UnitOfWork, unit: Unit) -> list[Hanging]:
    """Say what belongs to a unit or is sent to it, and has not ended."""
    root = work.city.root
    rules = [f"{what} in {rule.area or root}" for what, rule in work.city.courses if unit.id in rule.units]
    turns = select(Case.number).join(Assignment, Assignment.case_id == Case.id).distinct()
    who = select(Account.username).join(DutyShift, DutyShift.account_id == Account.id)
    rules += [f"calls to {kind.id}" for kind in work.city.device_kinds if kind.call and kind.call.unit == unit.id]
    return [
        *listed("rules", rules),
        *_counted(work, "open_cases", turns.where(Assignment.unit == unit.id, Assignment.until.is_(None))),
        *_counted(work, "people", select(Account.username).where(Account.unit == unit.id, Account.disabled.is_(False))),
        *_counted(work, "api_tokens", select(ApiToken.name).where(ApiToken.unit == unit.id, _live(work))),
        *_counted(work, "webhooks", select(Webhook.name).where(Webhook.unit == unit.id)),
        *_counted(work, "sponsors", select(Sponsor.area).where(Sponsor.unit == unit.id, _in_force(work))),
        *_counted(work, "shifts", who.where(DutyShift.unit == unit.id, DutyShift.ends_at > work.now)),
    ]


def _in_force(work: UnitOfWork) -> ColumnElement[bool]:
    return or_(Sponsor.until.is_(None), Sponsor.until > work.now)


def _live(work: UnitOfWork) -> ColumnElement[bool]:
    return ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > work.now)


def listed(kind: Kind, names: Sequence[str]) -> Iterator[Hanging]:
    """Say how many there are of what is at hand; nothing where there are none."""
    if names:
        yield Hanging(kind, len(names), tuple(names[:_NAMED]))


def _counted(work: UnitOfWork, kind: Kind, query: Select[Any]) -> Iterator[Hanging]:
    name = query.selected_columns[0]
    count = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if count:
        yield Hanging(kind, count, tuple(work.session.scalars(query.order_by(name).limit(_NAMED))))
