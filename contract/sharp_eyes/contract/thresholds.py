"""Which number of a scene's settings decides on its events, and what of an event is held against it.

The hub knows no scene's settings. To say what another value would have changed it must know what was compared with
what; a gateway's tests hold the rows against the scenes themselves by replay.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sharp_eyes.contract.event import SceneName

SCORE = "score"
"""Stands for the event's own score, beside the names of measures."""


class Held(NamedTuple):
    """What must reach a threshold for an event to be raised.

    Attributes:
        name: ``score``, or the measure's name.
        exact: an event's last message says the highest there was, as of a dwell, which only grows. Of a score that
            rises and falls between messages, and of what more than one number decides, too little is known: what a
            higher threshold would have dropped is an estimate, and at most so many.
    """

    name: str
    exact: bool


_SCORE = Held(SCORE, exact=False)
_DWELL = {"dwell": Held("dwell", exact=True)}

HELD_AGAINST: Mapping[SceneName, Mapping[str, Held]] = {
    SceneName.ILLEGAL_PARKING: _DWELL,
    SceneName.BIKE_CLUTTER: _DWELL,
    SceneName.EBIKE_STAIRWELL: {"score": _SCORE, **_DWELL},
    SceneName.GAS_CYLINDER: {"score": _SCORE, **_DWELL},
    SceneName.SMOKE: {"score": _SCORE},
    SceneName.FIRE_LANE_BLOCKED: {"covered": Held("covered", exact=False), **_DWELL},
    SceneName.WATERLOGGING: _DWELL,
    SceneName.GREENERY_DAMAGE: _DWELL,
    SceneName.PERIMETER_INTRUSION: {"score": _SCORE},
    SceneName.FALLING_OBJECT: {"confidence": _SCORE},
}
"""By scene, the keys of its settings on which there can be advice."""

EXEMPT: Mapping[SceneName, frozenset[str]] = {SceneName.SMOKE: frozenset({"fire"})}
"""Classes whose events are raised whatever the score: a flame proves itself by its flicker."""
