"""Names that a city pack gives, in both languages."""

from pydantic import Field

from sharp_eyes.configuration import Settings


class Text(Settings):
    """A name in both languages."""

    zh: str = Field(title="Chinese", min_length=1)
    en: str = Field(title="English", min_length=1)
