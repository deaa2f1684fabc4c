"""API tokens, as the HTTP interface says them."""

from datetime import datetime

from pydantic import AwareDatetime, ConfigDict, Field

from sharp_eyes.hub.api.account_schemas import PasswordBody
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText


class TokenBody(PasswordBody):
    """What a new token is to be, and the maker's own password again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "city platform",
                    "role": "leader",
                    "area": "demo/first-street",
                    "expires_at": "2026-12-31T16:00:00Z",
                    "password": "correct horse battery",
                }
            ]
        }
    )

    name: StorableText = Field(min_length=1, max_length=60, description="What it is for")
    role: StorableText = Field(max_length=100, description="A built-in role, or one of the city pack's own")
    area: StorableText | None = Field(None, max_length=200, description="The asker's own area where empty")
    unit: StorableText | None = Field(None, max_length=100, description="For a role that belongs to a unit")
    expires_at: AwareDatetime = Field(description="At most sessions.token_days from now")


class TokenView(ResponseModel):
    """An API token, without its secret."""

    id: int
    prefix: str = Field(description="How the token begins; tells one from another")
    name: str
    role: str
    area: str
    unit: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To the minute")
    last_used_address: str | None = Field(examples=["192.0.2.15"])
    revoked_at: datetime | None
    revoked_by: str | None


class NewToken(TokenView):
    """A fresh token."""

    token: str = Field(description="To be sent as 'Authorization: Bearer …'; shown only now")
