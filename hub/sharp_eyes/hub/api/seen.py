"""Whether a form shows what holds: what somebody else changed meanwhile is not written over unseen."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from sharp_eyes.hub.errors import RequestError

Seen = Annotated[
    dict[str, JsonValue] | None,
    Field(
        description="Fields of the thing as they were when the change was begun; where something else holds by now it "
        "is refused with 'changed_meanwhile', whose 'now' says what. Left out: changed whatever holds",
        examples=[None],
    ),
]


def check_seen(seen: Mapping[str, JsonValue] | None, view: BaseModel) -> None:
    """Refuse a change that began from something else than what holds. ``view``: the thing as it is shown now.

    Raises:
        RequestError: 409 ``changed_meanwhile``, with ``now`` by field.
    """
    holds = view.model_dump(mode="json")
    now = {name: holds[name] for name, value in (seen or {}).items() if name in holds and holds[name] != value}
    if now:
        message = f"somebody else changed {', '.join(now)} meanwhile; look at what holds now and send it again"
        raise RequestError(409, "changed_meanwhile", message, members={"now": now})
