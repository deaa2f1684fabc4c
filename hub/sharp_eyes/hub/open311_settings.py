"""Reports by residents and other systems over Open311 GeoReport v2; off until the deployer says so."""

from typing import Self

from pydantic import Field, model_validator

from sharp_eyes.configuration import Settings


class ApiKeySettings(Settings):
    """A system that reports for others, such as a city's own app."""

    name: str = Field(title="What it is called here", pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    sha256: str = Field(
        title="SHA-256 of its key, in hex: printf %s KEY | sha256sum; the key itself stands nowhere",
        pattern=r"^[0-9a-f]{64}$",
    )


class Open311Settings(Settings):
    """What is taken from whom, and how exactly a request's place is told to others."""

    enabled: bool = Field(False, title="Take reports over Open311, and show the page /report-here")
    keyless: bool = Field(True, title="Take reports without an API key, within the bounds below; the page has none")
    api_keys: tuple[ApiKeySettings, ...] = Field((), title="Systems that report with a key")
    jurisdiction_id: str | None = Field(None, title="Jurisdiction; whatever is asked for where empty", max_length=100)
    reports_per_address: int = Field(10, title="Reports within an hour from one address, without a key", ge=1)
    reports_per_hour: int = Field(300, title="Reports within an hour of all together who have no key", ge=1)
    place_decimals: int = Field(
        4, title="Decimals of the degrees that others are told: 4 are 11 m, 3 are 110 m", ge=1, le=6
    )

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [one.name for one in self.api_keys]
        if len(names) != len(set(names)):
            raise ValueError("a name stands twice among api_keys")
        return self
