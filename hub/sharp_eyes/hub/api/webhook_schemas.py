"""Webhooks, as the HTTP interface says them."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from sharp_eyes.hub.api.account_schemas import PasswordBody
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.outward.formats import Format

_WISH: dict[str, JsonValue] = {
    "name": "city platform",
    "url": "https://platform.example.org/hooks/sharp-eyes",
    "area": "demo/first-street",
    "kinds": ["reported", "dispatched", "handled", "closed"],
    "password": "the maker's own",
}


class WebhookBody(PasswordBody):
    """What a new webhook is to be, and the maker's own password again."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WISH]})

    name: StorableText = Field(min_length=1, max_length=60, description="Whom it tells")
    url: StorableText = Field(max_length=2000, description="https, or http to an address of webhooks.allow")
    area: StorableText | None = Field(None, max_length=200, description="The asker's own area where empty")
    unit: StorableText | None = Field(None, max_length=100, description="Only cases that this unit has or had")
    kinds: list[StorableText] = Field([], max_length=100, description="Kinds of lines, such as closed; all where empty")
    format: Format = Field(
        Format.CLOUDEVENTS, description="How it is told; all but cloudevents say themselves which lines they tell"
    )
    notes: bool = Field(False, description="It is told what people wrote, and who acted, too")
    insecure: bool = Field(False, description="It may be told over http")


class EnabledBody(BaseModel):
    """Whether it is told at all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}]})

    enabled: bool


class ReplayBody(BaseModel):
    """What is told again: all since a moment, one case, or one case since a moment."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"since": "2026-03-01T00:00:00+08:00"}, {"case": "2026-000123"}]}
    )

    since: AwareDatetime | None = None
    case: StorableText | None = Field(None, max_length=20, description="Its number")


class WebhookView(ResponseModel):
    """A webhook, without its secret."""

    id: int
    name: str
    url: str
    area: str
    unit: str | None
    kinds: list[str] = Field(description="Kinds of lines that it is told of; all where empty")
    format: Format
    notes: bool
    insecure: bool
    made_by: str
    made_at: datetime
    enabled: bool = Field(description="False: stopped by somebody, or by the hub after days of failure")
    failing_since: datetime | None = Field(description="Since when it has taken nothing")
    failures: int = Field(description="Attempts in a row that failed")
    next_at: datetime | None = Field(description="When it is tried again")
    error: str = Field(description="Why the last attempt failed; empty where it did not")
    last_delivered_at: datetime | None
    waiting: int = Field(description="Lines that it is still to be told")
    given_up: int = Field(description="Lines that it never took; a replay brings them again")


class NewWebhook(WebhookView):
    """A fresh webhook."""

    secret: str = Field(description="By which whoever receives checks the signature; shown only now")


class WebhookTestView(ResponseModel):
    """What became of a test event."""

    arrived: bool
    error: str = Field(description="Why it did not; empty where it did")


class ReplayView(ResponseModel):
    """How many lines are told again."""

    lines: int
