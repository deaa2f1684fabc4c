"""Tables of people, gateways, cameras and files; those of cases stand in ``case_tables``."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sharp_eyes.hub.store.base import Base, Key

_SAID = {"sqlite_where": text("said_id IS NOT NULL"), "postgresql_where": text("said_id IS NOT NULL")}


class Account(Base):
    """A person who may sign in."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    area: Mapped[str]
    unit: Mapped[str | None]
    language: Mapped[str]
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    totp_secret: Mapped[str | None]
    totp_confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)


class LoginSession(Base):
    """A session of a signed-in person; only the hash of its token is kept."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="", server_default="")
    browser: Mapped[str] = mapped_column(default="", server_default="")
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The provider by whom it was begun asked for one."""

    acting_for: Mapped[int | None] = mapped_column(Key)
    """The account in whose place its person acts, while they are a deputy; accounts are never deleted."""

    account: Mapped[Account] = relationship(lazy="joined")


class ApiToken(Base):
    """What a machine comes in with; only the token's hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    """How the token begins."""

    token_hash: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    area: Mapped[str]
    unit: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class RecoveryCode(Base):
    """A code that stands in for one of the second factor once; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEntry(Base):
    """A line of the audit trail; rows are only added, which the database enforces (see ``audit.py``)."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_area", "area", "id", postgresql_ops={"area": "varchar_pattern_ops"}),
        Index("ix_audit_actor", "actor", "id"),
        Index("ix_audit_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str]
    actor: Mapped[str]
    address: Mapped[str]
    area: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Gateway(Base):
    """A camera gateway that may connect, and how it was last heard of."""

    __tablename__ = "gateway"

    name: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str]
    bcrypt_hash: Mapped[str]
    pbkdf2_hash: Mapped[str]
    created_at: Mapped[datetime]
    online: Mapped[bool] = mapped_column(default=False)
    session: Mapped[str | None]
    version: Mapped[str | None]
    last_birth_at: Mapped[datetime | None]
    last_heartbeat_at: Mapped[datetime | None]
    outbox: Mapped[dict[str, Any] | None]
    looks: Mapped[dict[str, Any] | None]
    """Whether it keeps up with its cameras, as of its latest heartbeat."""

    machine: Mapped[dict[str, Any] | None]
    """How hot its machine is, and whether that slows it down, as of its latest heartbeat."""

    models: Mapped[list[Any] | None]
    """The networks that it computes, as of its latest heartbeat."""

    removed_at: Mapped[datetime | None]
    """It may no longer connect and is no longer shown; its cases keep its name."""


class GatewayInvitation(Base):
    """A one-time code by which a gateway joins; only the hash of its secret is kept."""

    __tablename__ = "gateway_invitation"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    """Not a foreign key: the gateway is registered when it joins. A new code takes the place of the one before."""

    area: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CameraSettings(Base):
    """A camera's settings as its gateway last reported them, without secrets."""

    __tablename__ = "camera_settings"

    gateway: Mapped[str] = mapped_column(ForeignKey("gateway.name"), primary_key=True)
    camera: Mapped[str] = mapped_column(primary_key=True)
    settings: Mapped[dict[str, Any]]
    changed: Mapped[dict[str, Any]]
    """The part of them that the hub's latest change in force gave."""

    version: Mapped[int]
    """The change in force; 0 where the gateway's file alone holds."""

    takes_changes: Mapped[bool]
    session: Mapped[str]
    sequence: Mapped[int]
    """Of the report that said so: reports may come late and in any order."""

    reported_at: Mapped[datetime]


class SettingsChange(Base):
    """A change of a camera's settings that somebody made at the hub, and what its gateway said to it."""

    __tablename__ = "settings_change"
    __table_args__ = (UniqueConstraint("gateway", "camera", "version"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    gateway: Mapped[str] = mapped_column(ForeignKey("gateway.name"))
    camera: Mapped[str]
    version: Mapped[int]
    settings: Mapped[dict[str, Any]]
    """Keys that hold instead of those of the gateway's file; none gives the camera back to the file."""

    made_at: Mapped[datetime]
    made_by: Mapped[str]
    why: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What whoever made it said."""

    state: Mapped[str]
    """``waiting``, ``applied``, ``refused``, or ``replaced`` by a later change before it was answered."""

    reason: Mapped[str] = mapped_column(Text)
    sent_to: Mapped[str | None]
    """The session of the gateway that it was sent to last."""

    answered_at: Mapped[datetime | None]


class Camera(Base):
    """A camera as its gateway's birth and health messages describe it."""

    __tablename__ = "camera"
    __table_args__ = (UniqueConstraint("gateway", "camera"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    gateway: Mapped[str] = mapped_column(ForeignKey("gateway.name"))
    camera: Mapped[str]
    name: Mapped[str]
    area: Mapped[str] = mapped_column(index=True)
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    scenes: Mapped[list[Any]]
    state: Mapped[str]
    since: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text)
    frames_per_second: Mapped[float | None]
    looks: Mapped[int] = mapped_column(BigInteger, default=0)
    skipped: Mapped[dict[str, Any]]
    keyframe_interval: Mapped[float | None]
    late: Mapped[int | None] = mapped_column(BigInteger)
    lateness: Mapped[float | None]


class CameraChange(Base):
    """One change of a camera's state; rows are only added."""

    __tablename__ = "camera_change"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id"), index=True)
    state: Mapped[str]
    since: Mapped[datetime]
    detail: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(index=True)


class ReceivedMessage(Base):
    """A durable message that was committed; the same one is never taken twice."""

    __tablename__ = "received"

    source: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(index=True)


class EvidenceFile(Base):
    """A stored file: from a gateway, or a handler's photo. Its event may arrive later."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        Index("ix_evidence_file_gateway_received_at", "gateway", "received_at"),
        Index(
            "uq_evidence_file_said_id", "said_id", "gateway", unique=True, sqlite_where=_SAID, postgresql_where=_SAID
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    said_id: Mapped[UUID | None]
    """The id that its gateway gave it, where another file had that first."""

    event_id: Mapped[UUID] = mapped_column(index=True)
    gateway: Mapped[str | None]
    kind: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    key: Mapped[str] = mapped_column(index=True)
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    by: Mapped[str | None]
    original_key: Mapped[str | None] = mapped_column(index=True)
    """A photo as it was uploaded; ``key`` names what others see, without place and device."""

    original_sha256: Mapped[str | None]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    """What a photo's file said of place, time and device."""


class RemovedFile(Base):
    """A file of evidence that rows have ceased to name: it is removed after their commit, and with it this row."""

    __tablename__ = "removed_file"

    key: Mapped[str] = mapped_column(primary_key=True)


class Deletion(Base):
    """Something that was deleted when its term ended; rows are only added, which the database enforces."""

    __tablename__ = "deletion"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    reference: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(Key, index=True)
    count: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
