"""``oidc`` of ``hub.yaml``: signing in by an OpenID Connect provider, beside the hub's own passwords."""

import os
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from sharp_eyes.configuration import Settings, absolute
from sharp_eyes.hub.channel_settings import check_address
from sharp_eyes.hub.errors import SettingsError

ANY_FACTOR = "any"
"""In ``second_factors``: the provider asks everybody for one, whether or not it says so."""


class ProviderName(Settings):
    """What the provider is called on the page."""

    zh: str = Field(title="Chinese", min_length=1, max_length=60)
    en: str = Field(title="English", min_length=1, max_length=60)


class GroupSettings(Settings):
    """What somebody of one of the provider's groups is here."""

    group: str = Field(title="The group, as the provider names it", min_length=1)
    role: str = Field(title="Role: a built-in one, or one of the city pack's own")
    area: str | None = Field(None, title="Area with all below, by its path or id; the whole city where empty")
    unit: str | None = Field(None, title="Unit, for a role that belongs to one")


class OidcSettings(Settings):
    """An OpenID Connect provider, by whom people may sign in. Nothing is asked of it before somebody does."""

    issuer: str = Field(title="Issuer, just as the provider writes it; https, or http on this machine")
    client_id: str = Field(title="Client id that the provider gave this hub", min_length=1)
    client_secret_file: Path | None = Field(None, title="File whose first line is the client's secret")
    client_secret_variable: str | None = Field(None, title="Environment variable that holds it, in place of a file")
    page: str = Field(
        title="Address of the page as browsers see it; people come back to PAGE/api/session/provider/callback"
    )
    name: ProviderName = Field(
        default_factory=lambda: ProviderName(zh="统一身份认证", en="single sign-on"),
        title="What it is called on the page",
    )
    scopes: tuple[str, ...] = Field(("openid", "profile", "email"), title="Scopes that are asked for")
    link_claim: str | None = Field(
        "email",
        title="Claim that is compared, the first time, with what an administrator entered for an account; "
        "people must not be able to choose it. None: accounts are linked by their owners only",
    )
    create: bool = Field(False, title="Make an account for somebody unknown whose group has a role here")
    username_claim: str = Field("preferred_username", title="Claim that gives a new account its name")
    groups_claim: str = Field("groups", title="Claim with the groups; dots lead into it, such as realm_access.roles")
    groups: tuple[GroupSettings, ...] = Field(
        (), title="Role, area and unit by group, the first that fits; with it the provider decides at every sign-in"
    )
    second_factors: tuple[str, ...] = Field(
        ("mfa",), title="Values of the claim amr that say that a second factor was asked for; any: it always was"
    )
    ca_file: Path | None = Field(None, title="Authority of the provider's certificate, where it is none that all know")
    timeout: float = Field(10, title="Seconds to wait for an answer of the provider", gt=0, le=30)

    @field_validator("issuer", "page")
    @classmethod
    def _protected(cls, given: str) -> str:
        check_address(given, "it")
        if urlsplit(given).query:
            raise ValueError("it has a query, the part after '?'")
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.client_secret_file is None) == (self.client_secret_variable is None):
            raise ValueError("the secret stands in client_secret_file or in client_secret_variable, one of the two")
        if "openid" not in self.scopes:
            raise ValueError("scopes must hold openid")
        if self.create and not self.groups:
            raise ValueError("create needs groups, which give a new account its role, area and unit")
        return self

    @property
    def page_root(self) -> str:
        """The page's address without a slash at its end."""
        return self.page.rstrip("/")

    @property
    def callback(self) -> str:
        """Where the provider sends people back to: the redirect URI that it must know."""
        return self.page_root + "/api/session/provider/callback"

    def secret(self) -> str:
        """Read the client's secret.

        Raises:
            SettingsError: it is not there.
        """
        if self.client_secret_variable is not None:
            found = os.environ.get(self.client_secret_variable, "").strip()
            if not found:
                name = self.client_secret_variable
                raise SettingsError(f"the environment variable {name} is empty; oidc.client_secret_variable names it")
            return found
        path = self.client_secret_file
        assert path is not None
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read ({error}); oidc.client_secret_file names it") from error
        if not lines or not lines[0].strip():
            raise SettingsError(f"{path}: is empty; its first line is to be the secret of oidc.client_id")
        return lines[0].strip()


def oidc_rooted(settings: OidcSettings | None, base: Path) -> OidcSettings | None:
    """Let the paths of the settings start at the settings file's folder."""
    if settings is None:
        return None
    update = {name: absolute(base, getattr(settings, name)) for name in ("client_secret_file", "ca_file")}
    return settings.model_copy(update=update)
