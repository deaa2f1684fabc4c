"""The unit of work: an open transaction, and what is told to pages and gateways once it is committed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.store.tables import Case


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """Something that changed, for the pages of those who may see ``area``."""

    topic: Literal["case", "camera", "gateway"]
    area: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GatewayCommand:
    """A command to be sent to a gateway."""

    gateway: str
    message: LookAgain


@dataclass(slots=True)
class UnitOfWork:
    """A transaction in progress. Updates and commands leave only after the commit."""

    session: Session
    city: CityPack
    now: datetime
    live_updates: list[LiveUpdate] = field(default_factory=list)
    gateway_commands: list[GatewayCommand] = field(default_factory=list)

    def case_changed(self, case: Case, change: str) -> None:
        """Tell the pages that a case changed."""
        data = {"id": case.id, "change": change, "state": case.state}
        self.live_updates.append(LiveUpdate("case", case.area, data))

    def locked_case(self, case_id: int) -> Case | None:
        """Read a case so that nobody else can change it until this work is done."""
        return self.session.scalar(select(Case).where(Case.id == case_id).with_for_update())
