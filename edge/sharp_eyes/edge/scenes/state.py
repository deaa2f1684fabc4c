"""What a scene keeps over a restart: plain JSON values, checked when they come back."""

import logging
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

log = logging.getLogger(__name__)

T = TypeVar("T")


class StateCodec(Generic[T]):
    """Turns one kind of value into what JSON can hold, and back."""

    def __init__(self, kind: Any) -> None:
        """``kind``: the type of the value, such as ``list[Stay]``."""
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def dump(self, value: T) -> Any:
        """The value as lists, mappings, numbers and text."""
        return self._adapter.dump_python(value, mode="json", by_alias=True)

    def load(self, raw: Any, what: str) -> T | None:
        """The value again; None, with a line in the log, where it is not of this kind (``what`` names it there)."""
        try:
            return self._adapter.validate_python(raw)
        except ValidationError as error:
            log.warning("%s: what was remembered cannot be used and is dropped: %s", what, _first_line(error))
            return None


def part(state: Any, key: str) -> dict[str, Any]:
    """A mapping inside a mapping; empty where there is none."""
    found = state.get(key) if isinstance(state, dict) else None
    return found if isinstance(found, dict) else {}


def only_known(state: dict[str, Any], known: set[str], what: str) -> dict[str, Any]:
    """The entries whose zone there still is; the others are named in the log and dropped."""
    for zone in sorted(state.keys() - known):
        log.warning("%s: zone %r is gone; what was remembered of it is dropped", what, zone)
    return {zone: value for zone, value in state.items() if zone in known}


def _first_line(error: ValidationError) -> str:
    item = error.errors(include_url=False)[0]
    return f"{'.'.join(str(place) for place in item['loc'])}: {item['msg']}"
