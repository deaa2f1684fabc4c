"""The unit of work: an open transaction, and what is told to pages and gateways once it is committed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from sharp_eyes.contract.command import Command
from sharp_eyes.hub.areas.city_pack import CityPack


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
    message: Command


@dataclass(slots=True)
class UnitOfWork:
    """A transaction in progress. Updates and commands leave only after the commit."""

    session: Session
    city: CityPack
    now: datetime
    live_updates: list[LiveUpdate] = field(default_factory=list)
    gateway_commands: list[GatewayCommand] = field(default_factory=list)


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]
"""Opens a unit of work, which is committed or ended when its context ends."""
