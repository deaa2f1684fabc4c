"""Signing in by an OpenID Connect provider, as the HTTP interface says it."""

from pydantic import BaseModel, Field

from sharp_eyes.hub.api.account_schemas import PasswordBody
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.text import Text


class ProviderView(ResponseModel):
    """By whom one may sign in, beside the password."""

    name: Text | None = Field(description="What the page calls it; null where there is none")


class LeaveBody(BaseModel):
    """Where to go on afterwards."""

    back: StorableText = Field(
        "/", max_length=500, description="A path of the page; anything else leads to its root", examples=["/cases/123"]
    )


class LinkBody(PasswordBody):
    """One's password again, before the account is linked."""


class AddressView(ResponseModel):
    """Where the browser goes now."""

    address: str


class LinkView(ResponseModel):
    """How an account and the provider belong together."""

    linked: bool = Field(description="Its owner signs in by the provider")
    expected: str | None = Field(description="What the provider is to say of them the first time")


class ExpectBody(PasswordBody):
    """What the provider says of the account's owner, and the asker's own password again."""

    expected: StorableText = Field(
        max_length=200, description="Value of the claim oidc.link_claim, such as a mail address that it has verified"
    )
