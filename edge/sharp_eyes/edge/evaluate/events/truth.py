"""What a clip's events should be: read from its ground truth, or from the suite itself."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import explain
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.edge.errors import ConfigError


class Expected(BaseModel):
    """One span of a clip in which a scene's condition holds, or in which it seems to and does not.

    Other keys are passed over: a ground truth may say more than the judge asks.

    Attributes:
        start, end: ``from`` and ``to`` in the file; seconds from the clip's first frame.
        expected: whether an event must come; where not, the span is a trap and ``why`` names it.
        due: seconds from the first frame at which the rule can first hold; None means ``from`` plus the dwell.
        grade: how grave the event must become; None where any will do.
        object: the thing it is about, by its number in the ground truth.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, populate_by_name=True)

    scene: SceneName
    zone: Identifier
    start: float = Field(alias="from", ge=0)
    end: float = Field(alias="to", ge=0)
    expected: bool
    why: str = ""
    due: float | None = Field(None, ge=0)
    grade: Grade | None = None
    object: int | str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"'to' ({self.end:g}) lies before 'from' ({self.start:g})")
        if not self.expected and not self.why:
            raise ValueError("a trap (expected: false) needs a 'why' that names it")
        return self


_EVENTS = TypeAdapter(tuple[Expected, ...])


def read_truth(path: Path) -> tuple[Expected, ...]:
    """The ``events`` of a ground truth in JSON.

    Raises:
        ConfigError: names the file and each wrong key.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: no valid JSON: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("events"), list):
        raise ConfigError(
            f"{path}: a mapping with the list 'events' is expected; an empty list says that none may come"
        )
    return check_events(content["events"], str(path))


def check_events(raw: Sequence[Any], where: str) -> tuple[Expected, ...]:
    """Check a list of expected events.

    Raises:
        ConfigError: begins with ``where`` and names each wrong key.
    """
    try:
        return _EVENTS.validate_python(list(raw))
    except ValidationError as error:
        raise ConfigError(f"{where}: events:\n  {explain(error)}") from error
