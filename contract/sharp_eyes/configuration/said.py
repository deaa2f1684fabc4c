"""Sentences on what is wrong that a page can say in another language."""

from collections.abc import Mapping

from typing_extensions import Self

_LONGEST_VALUE = 600


class Said(str):
    """A sentence on what is wrong, with a stable word for it and what it is about."""

    code: str
    values: Mapping[str, str]

    def __new__(cls, code: str, words: str, **values: object) -> Self:
        """``values``: by the names that a page's words have for them."""
        made = super().__new__(cls, words)
        made.code = code
        made.values = {name: str(value)[:_LONGEST_VALUE] for name, value in values.items()}
        return made


SaidAt = tuple[tuple[str | int, ...], Said]
"""Where something does not fit, such as ``("rules", 0, "unit")``, and what is wrong: for settings that pages show."""
