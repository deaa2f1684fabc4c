"""Tables of cases: alarms, the log, and what follows from it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key
from sharp_eyes.hub.store.grams import Grams


def _where(condition: str) -> dict[str, Any]:
    """Of a partial index: which rows it holds."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _is_true(column: str) -> dict[str, Any]:
    return {"sqlite_where": text(f"{column} IS 1"), "postgresql_where": text(f"{column} IS true")}


_OPEN = _where("ended_at IS NULL")
_PLACED = "ended_at IS NULL AND latitude IS NOT NULL"
_COUNTED = ("state", "grade", "acknowledged_at", "due_at", "scene")
_ASKED = [
    "number", "area", "state", "scene", "grade", "gateway", "camera", "unit", "due_at", "acknowledged_at", "late_since",
    "dispatched_at",
]  # fmt: skip
BY_PATH = {"area": "varchar_pattern_ops"}
"""How PostgreSQL finds all that lies below an area by an index, whatever its collation."""


class CaseCounter(Base):
    """Last case number given out in a year."""

    __tablename__ = "case_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Case(Base):
    """A case. What its log tells stands here as well, as far as lists and filters need it (``cases/record.py``)."""

    __tablename__ = "case_file"
    __table_args__ = (
        # One case that has not ended for a spot, whoever of two comes first.
        Index("uq_case_file_open_spot", "spot", unique=True, **_OPEN),
        # Open cases, of which there are few among many: in the queue's order, and by what they are asked for. In the
        # first PostgreSQL finds all that they are filtered by, so that those that do not fit need no row of the table.
        Index("ix_case_file_queue", "rank", "id", postgresql_include=_ASKED, **_OPEN),
        # It holds all that is counted, so that counts need no row of the table.
        Index("ix_case_file_open_area", "area", *_COUNTED, postgresql_ops=BY_PATH, **_OPEN),
        Index("ix_case_file_open_unit", "unit", "rank", "id", **_OPEN),
        Index("ix_case_file_open_camera", "gateway", "camera", "rank", "id", **_OPEN),
        Index("ix_case_file_open_place", "latitude", "longitude", **_where(_PLACED)),
        # A deadline may be behind them though no line of their logs tells so yet.
        Index("ix_case_file_passing", "due_at", **_where("ended_at IS NULL AND late_since IS NULL")),
        # All cases, the newest first.
        Index("ix_case_file_area", "area", "id", postgresql_ops=BY_PATH),
        Index("ix_case_file_state", "state", "id"),
        Index("ix_case_file_scene", "scene", "id"),
        Index("ix_case_file_unit", "unit", "id"),
        Index("ix_case_file_camera", "gateway", "camera", "id"),
        Index("ix_case_file_listed", "listed_since", **_where("listed_since IS NOT NULL")),
        Index("ix_case_file_whistle", "whistle_week", "area", **_where("whistle_week IS NOT NULL")),
        Index("ix_case_file_held", "id", **_is_true("legal_hold")),
        # By their moments, with what is counted of them.
        Index("ix_case_file_reported_at", "reported_at", "area", "scene", "gateway", "camera"),
        Index("ix_case_file_false", "reported_at", "gateway", "camera", "scene", "area", **_is_true("false_alarm")),
        Index("ix_case_file_handle_due", "handle_due_at", "area", "scene", **_where("handle_due_at IS NOT NULL")),
        Index("ix_case_file_handled_at", "handled_at", "reported_at", "area", **_where("handled_at IS NOT NULL")),
        Index("ix_case_file_ended_at", "ended_at", "state", "reported_at", "area", **_where("ended_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    source: Mapped[str] = mapped_column(default="camera", server_default="camera")
    event_id: Mapped[UUID | None] = mapped_column(unique=True)
    """The alarm or the report that made it, by which its files are found."""

    gateway: Mapped[str | None] = mapped_column(ForeignKey("gateway.name"))
    camera: Mapped[str | None]
    scene: Mapped[str | None]
    """What a camera saw, or what cameras would see of a report's kind; none where they see nothing of it."""

    kind: Mapped[str | None]
    """The city pack's kind of the report that made it."""

    zone: Mapped[str | None]
    spot: Mapped[str | None] = mapped_column(String(500))
    """Gateway, camera, scene and zone: a further alarm of the same spot joins the open case."""

    code: Mapped[str | None]
    area: Mapped[str]
    place: Mapped[str] = mapped_column(Text, default="", server_default="")
    longitude: Mapped[float | None]
    """Where it is, or the camera that saw it: degrees in WGS 84, as ``latitude``."""

    latitude: Mapped[float | None]
    state: Mapped[str]
    grade: Mapped[str]
    unit: Mapped[str | None]
    sent_back_by: Mapped[str | None]
    opened_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """The next deadline that somebody must keep."""

    rank: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Its place among open cases, the smallest first (``lifecycle/rank.py``)."""

    late_since: Mapped[datetime | None]
    """The first deadline that was missed, whoever missed it."""

    suspended_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    listed_since: Mapped[datetime | None]
    """Since when it is on the list of hazards; none where it is not."""

    dispatched_at: Mapped[datetime | None]
    """When a unit was sent first."""

    on_site_at: Mapped[datetime | None]
    """When somebody of a unit was there first."""

    handled_at: Mapped[datetime | None]
    """When the last unit of the last round said that it is done; none while it is not."""

    handle_due_at: Mapped[datetime | None]
    """The deadline for its handling, also once that is over; none without a limit, and while it is suspended."""

    handle_late: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The deadline for its handling was missed once."""

    responded_at: Mapped[datetime | None]
    """When a unit first said that it has it."""

    response_late: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Some unit missed its time for saying so."""
    whistle_week: Mapped[date | None]
    """The Monday of the week whose list it waits for."""

    appeal: Mapped[str | None]
    """Whether a unit's appeal against a lateness was heard."""

    acknowledged_at: Mapped[datetime | None]
    """When somebody of the centre first said that they have it; none while it still calls."""

    false_alarm: Mapped[bool] = mapped_column(default=False, server_default=false())
    merged_into: Mapped[str | None] = mapped_column(String(20))
    rating: Mapped[int | None]
    alarm_count: Mapped[int] = mapped_column(default=1, server_default="1")
    """Events that this case stands for: its own, and those that joined it."""

    counts: Mapped[dict[str, Any]]
    """How often it was sent back, reworked, extended, urged …, for the office's figures."""

    log_sequence: Mapped[int]
    legal_hold: Mapped[bool] = mapped_column(default=False)
    """Nothing of this case is deleted, whatever its term."""

    @property
    def subject(self) -> str | None:
        """What the city pack's rules know it by: its report's kind, or its scene."""
        return self.kind or self.scene


class CaseText(Base):
    """What of a case is searched by words (``cases/words.py``).

    In PostgreSQL a GIN index lies over ``grams``; in SQLite an FTS5 table, ``case_grams``, follows by triggers.
    """

    __tablename__ = "case_text"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True)
    said: Mapped[str] = mapped_column(Text)
    """Its number in its year, place, zone, camera and notes, a line each, folded."""

    grams: Mapped[str] = mapped_column(Grams)


class Assignment(Base):
    """A unit's turn at a case; made again from the log with each line."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_unit", "unit", "case_id"),
        # The other units' cases name them in their own rows.
        Index("ix_assignment_beside", "unit", "case_id", **_is_true("beside")),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str | None]
    since: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    outcome: Mapped[str | None]
    rework: Mapped[bool]
    beside: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Open, of a unit that has the case beside the one that the case's row names."""


class CaseClock(Base):
    """A clock of a case (``assignment`` 0, ``unit`` empty) or of a unit's turn; made again from the log."""

    __tablename__ = "case_clock"
    __table_args__ = (Index("ix_case_clock_passing", "due_at", **_where("due_at IS NOT NULL AND late_since IS NULL")),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    assignment: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    limit: Mapped[str]
    extensions: Mapped[int]
    calendar: Mapped[str]
    started_at: Mapped[datetime]
    paused: Mapped[bool]
    due_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    late_since: Mapped[datetime | None]


class CaseMilestone(Base):
    """What a case's units must reach on site by when; made again from the log."""

    __tablename__ = "case_milestone"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    milestone: Mapped[str] = mapped_column(primary_key=True)
    limit: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """None while it does not run."""

    stopped_at: Mapped[datetime | None]
    reached_at: Mapped[datetime | None]
    unit: Mapped[str | None]
    """Which said that it is reached."""

    late_since: Mapped[datetime | None]


class CaseTimer(Base):
    """When time will do something to a case next; whoever holds the row does it."""

    __tablename__ = "case_timer"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class CalendarVersion(Base):
    """A working calendar that set limits; a version never changes its days."""

    __tablename__ = "calendar"

    version: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    first_used_at: Mapped[datetime]


class Alarm(Base):
    """One event of one camera and zone, as its gateway described it last, and the case that it made or joined."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index("ix_alarm_place", "gateway", "camera", "scene", "zone", "received_at"),
        Index("ix_alarm_gateway_scene", "gateway", "scene", "made_case", "received_at"),
        Index("ix_alarm_received_at", "received_at", "event_id"),
        Index("uq_alarm_said_id", "said_id", "gateway", unique=True, **_where("said_id IS NOT NULL")),
        # It holds all that is counted of alarms.
        Index("ix_alarm_judged", "received_at", "gateway", "camera", "scene", "zone", "area", "verdict", "case_id"),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    said_id: Mapped[UUID | None]
    """The id that its gateway gave it, where something else had that first."""

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    gateway: Mapped[str]
    camera: Mapped[str]
    scene: Mapped[str]
    zone: Mapped[str]
    area: Mapped[str]
    """Where its case lies."""

    verdict: Mapped[str | None]
    """What its case's end says of it (``cases/verdicts.py``); none while nobody has judged it."""

    phase: Mapped[str]
    sequence: Mapped[int]
    made_case: Mapped[bool]
    started_at: Mapped[datetime]
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    grade: Mapped[str]
    score: Mapped[float]
    measures: Mapped[list[Any]]
    highest: Mapped[dict[str, Any] | None]
    """The highest score and the highest value of each measure that any message of the event named, by name."""

    box: Mapped[list[Any] | None]
    object_class: Mapped[str | None]
    model: Mapped[dict[str, Any] | None]

    @property
    def id_at_gateway(self) -> UUID:
        """The id by which its gateway knows it."""
        return self.said_id or self.event_id


class CaseLog(Base):
    """A line of a case's log, from which all else follows; rows are only added, which the database enforces."""

    __tablename__ = "case_log"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    actor_kind: Mapped[str]
    what: Mapped[str]
    payload: Mapped[dict[str, Any]]
    calendar: Mapped[str]
    pack: Mapped[str]
    on_behalf_of: Mapped[str | None]
    """User name of whom the actor stood in for."""

    said_at: Mapped[datetime | None]
    """When it was done, as the phone says that had no network then; ``at`` is when the hub heard of it."""


class SavedClip(Base):
    """A stretch of a camera's past that somebody saves; the file that its gateway sends has the same id."""

    __tablename__ = "saved_clip"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    gateway: Mapped[str] = mapped_column(index=True)
    camera: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    refused_at: Mapped[datetime | None]
    reason: Mapped[str]
    """Why the gateway refused; empty where it did not."""


class AnsweredRequest(Base):
    """A request that came with a key of its sender's, so that it is done once however often it is sent."""

    __tablename__ = "answered_request"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    actor: Mapped[str]
    what: Mapped[str]
    result: Mapped[UUID | None]
    """The photo that it made."""

    at: Mapped[datetime]


class LookAgainQuestion(Base):
    """A question to a camera whether the condition still holds, and its answer."""

    __tablename__ = "look_again"

    command_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    gateway: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text)
    measures: Mapped[list[Any]]
    evidence_id: Mapped[UUID | None]
