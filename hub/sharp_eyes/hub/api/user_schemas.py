"""Accounts of people as administrators see them, as the HTTP interface says it."""

from datetime import datetime

from pydantic import ConfigDict, Field

from sharp_eyes.hub.api.account_schemas import PasswordBody
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.api.seen import Seen

_Word = StorableText | None


class UserView(ResponseModel):
    """An account."""

    username: str
    display_name: str
    role: str = Field(description="A built-in role, or one of the city pack's own")
    area: str
    unit: str | None
    language: str
    disabled: bool = Field(description="They may not sign in")
    second_factor: bool
    sessions: int = Field(description="Where they are signed in now")
    last_seen_at: datetime | None = Field(description="Of those sessions, to the minute")
    created_at: datetime


class NewUser(PasswordBody):
    """A new account, and the asker's own password again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "lead-north",
                    "display_name": "Shift lead, north",
                    "role": "shift_lead",
                    "area": "demo/second-street/north",
                    "new_password": "battery horse correct",
                    "password": "correct horse battery",
                }
            ]
        }
    )

    username: StorableText = Field(max_length=63, description="Lower-case letters, digits, '.', '-', '_'")
    new_password: StorableText = Field(max_length=1000, description="To be changed by themselves")
    role: StorableText = Field(max_length=100, description="A built-in role, or one of the city pack's own")
    area: _Word = Field(None, max_length=200, description="The asker's own area where empty")
    unit: _Word = Field(None, max_length=100, description="For a role that belongs to a unit")
    display_name: StorableText = Field("", max_length=100)
    language: StorableText = Field("zh", max_length=2, description="zh or en")


class UserChange(PasswordBody):
    """What is to be different of an account; what is left out stays. The asker's own password again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"area": "demo/first-street/west", "password": "correct horse battery"}]}
    )

    role: _Word = Field(None, max_length=100)
    area: _Word = Field(None, max_length=200)
    unit: _Word = Field(None, max_length=100)
    display_name: _Word = Field(None, max_length=100)
    disabled: bool | None = None
    seen: Seen = None
    anyway: bool = Field(False, description="Also where a unit with open cases is left without people")


class UserPassword(PasswordBody):
    """Another password for somebody, and the asker's own again."""

    new_password: StorableText = Field(max_length=1000)
