"""Slips in a mapping of class names: what is mapped must be there, and so must what it is mapped to."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.labelled import IGNORE, plain

ALIKE, RATHER_ALIKE = 0.8, 0.6
"""Likeness (0 to 1, difflib) from which a name that nobody has is taken for a slip of the pen, and from which another
is offered."""


def check_mapped_names(where: str, table: Mapping[str, str], names: Iterable[str]) -> None:
    """Make sure that every name that is mapped is one of the data's.

    Args:
        where: file and key, or option, for the message.
        table: name in the data to the model's name.
        names: class names of the data.

    Raises:
        ConfigError: names the entry, what is there, and the name that is probably meant.
    """
    there = {plain(name): name for name in names}
    for old, new in table.items():
        if plain(old) not in there:
            meant = _meant(old, list(there.values()), RATHER_ALIKE)
            raise ConfigError(
                f"{where}: {old}={new}: the data have no class {old!r}{meant}; "
                f"there are {', '.join(sorted(there.values())) or 'none'}"
            )


def check_model_names(where: str, table: Mapping[str, str], classes: Sequence[str]) -> None:
    """Make sure that no name is mapped to one that a model has but for a slip of the pen.

    A quite different name is let through: the data may be used for other models too, and the report says that no model
    here has it.

    Raises:
        ConfigError: names the entry and the name that is probably meant.
    """
    by_plain = {plain(name): name for name in (*classes, IGNORE)}
    for old, new in table.items():
        if plain(new) not in by_plain and (meant := _meant(new, list(by_plain.values()), ALIKE)):
            raise ConfigError(f"{where}: {old}={new}: no model has a class {new!r}{meant}")


def offered(name: str, names: Sequence[str]) -> str:
    """The name that is probably meant, as the end of a message; empty where none is like it."""
    return _meant(name, names, RATHER_ALIKE)


def _meant(name: str, names: Sequence[str], alike: float) -> str:
    by_plain = {plain(one): one for one in names}
    close = get_close_matches(plain(name), list(by_plain), n=1, cutoff=alike)
    return f"; is {by_plain[close[0]]!r} meant?" if close else ""
