"""The unit of work: an open transaction, and what is told to pages and gateways once it is committed."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from sharp_eyes.contract.command import Command
from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.channel_settings import ChannelSettings
from sharp_eyes.hub.lifecycle.model import CaseState


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """Something that changed, for the pages of those who may see ``area``."""

    topic: Literal["case", "camera", "gateway", "notice", "desk", "begin", "reload"]
    area: str
    data: dict[str, Any]
    units: frozenset[str] | None = None
    """Of a case: units that have it or had it. None where everybody of the area is told."""

    people: frozenset[str] | None = None
    """Of a notice: the user names of those whom it is for, and nobody else."""

    ended_at: datetime | None = None
    """Of a case: when it ended; ``area`` is where it lay then."""


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
    case_states: dict[int, CaseState] = field(default_factory=dict)
    """Cases that were read in this work, by id, so that a log is read once."""

    hushed: bool = False
    """Nobody is told of what is written now: it is snoozed."""

    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    """Channels by which people outside are told, by their id."""

    city_version: int = 0
    """Number of the stored version of ``city``; 0 where none is stored yet."""

    areas: AreaHistory = field(default_factory=AreaHistory)
    """Which area lay at which path when."""


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]
"""Opens a unit of work, which is committed or ended when its context ends."""
