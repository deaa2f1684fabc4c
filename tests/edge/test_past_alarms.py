"""Settings tried on past alarms: what stood there is put before the scenes again."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.trial import PastAlarm, PastOutcome
from sharp_eyes.edge.hub_settings import past
from sharp_eyes.edge.hub_settings.past import try_past
from sharp_eyes.edge.settings import CameraSettings


class Everything:
    """Names of classes that a network may know: all of them."""

    def __contains__(self, _name: object) -> bool:
        return True


DETECTORS = cast(Any, SimpleNamespace(classes=Everything(), note_of=lambda _name: None))
BEGAN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, on a Monday."""
LEFT = {"id": "kerb", "polygon": [[0.05, 0.5], [0.45, 0.5], [0.45, 0.95], [0.05, 0.95]]}
RIGHT = {"id": "gate", "polygon": [[0.55, 0.5], [0.95, 0.5], [0.95, 0.95], [0.55, 0.95]]}
PARKING = {"scene": "illegal_parking", "dwell": 180, "zones": [LEFT]}
CAR = (0.1, 0.6, 0.3, 0.8)


def alarm(scene: str, name: str, seconds: float, box: Any = CAR) -> PastAlarm:
    return PastAlarm(
        event_id=uuid4(),
        scene=SceneName(scene),
        object_class=name,
        box=box,
        score=0.8,
        started_at=BEGAN,
        seconds=seconds,
    )


def camera(*scenes: dict[str, Any]) -> CameraSettings:
    source = {"kind": "rtsp", "url": "rtsp://192.0.2.7/live"}
    return CameraSettings.model_validate({"id": "yard", "source": source, "scenes": scenes})


def tried(wanted: CameraSettings, told: PastAlarm, holds: CameraSettings | None = None) -> str:
    """Where the alarm stands in the answer."""
    outcome = try_past("gw", wanted, holds or camera(PARKING), DETECTORS, [told], threading.Event())
    (place,) = [name for name in PastOutcome.model_fields if getattr(outcome, name)]
    return place


def test_a_gateway_that_stops_does_not_wait_for_what_stood_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an alarm without an end, too, the desk's end is the end."""
    over = threading.Event()
    looked = threading.Event()

    def endless(_alarm: PastAlarm, _interval: float) -> Iterator[float]:
        for number in count():
            yield BEGAN.timestamp() + number / 1e6
            looked.set()

    monkeypatch.setattr(past, "_looks", endless)
    told = [alarm("illegal_parking", "car", 90_000.0)]
    work = threading.Thread(
        target=lambda: try_past("gw", camera(PARKING), camera(PARKING), DETECTORS, told, over), daemon=True
    )
    work.start()
    assert looked.wait(30)
    over.set()
    work.join(30)
    assert not work.is_alive()


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, "raised"),
        ({"dwell": 60}, "raised"),
        ({"dwell": 300}, "quiet"),
        ({"dwell": 200.4}, "raised"),
        ({"zones": [RIGHT]}, "quiet"),
        ({"zones": [RIGHT, LEFT | {"id": "other"}]}, "raised"),
        ({"bays": [LEFT["polygon"]]}, "quiet"),
        ({"classes": ["bus"]}, "quiet"),
        ({"schedule": {"hours": [{"start": "20:00", "end": "22:00"}]}}, "quiet"),
        ({"schedule": {"hours": [{"start": "10:00", "end": "13:00"}]}}, "raised"),
    ],
)
def test_a_car_that_stood_is_judged_by_the_changed_settings(changed: dict[str, Any], place: str) -> None:
    """It stood for 200 seconds, at noon."""
    assert tried(camera(PARKING | changed), alarm("illegal_parking", "car", 200.5)) == place


def test_what_the_settings_that_hold_would_not_raise_either_is_not_called_quiet() -> None:
    """A scene that judges the ground or the picture cannot be asked so; neither can a stay that was too short."""
    everything: dict[str, Any] = {"zones": [LEFT]}
    water = camera({"scene": "waterlogging"} | everything)
    assert tried(water, alarm("waterlogging", "water", 600), water) == "untried"
    assert tried(camera(), alarm("illegal_parking", "car", 200)) == "quiet", "the scene was taken away"
    assert tried(camera(PARKING | {"dwell": 300}), alarm("illegal_parking", "car", 100)) == "untried"
    assert tried(camera(PARKING | {"dwell": 60}), alarm("illegal_parking", "car", 100)) == "raised"


@pytest.mark.parametrize(
    ("scene", "name", "box"),
    [
        ("perimeter_intrusion", "person", (0.2, 0.3, 0.28, 0.7)),
        ("ebike_stairwell", "ebike", (0.1, 0.5, 0.3, 0.8)),
        ("gas_cylinder", "gas_cylinder", (0.2, 0.5, 0.27, 0.8)),
    ],
)
def test_other_scenes_of_single_objects_are_asked_alike(scene: str, name: str, box: Any) -> None:
    """Where it stood, and beside it."""
    here, there = camera({"scene": scene, "zones": [LEFT]}), camera({"scene": scene, "zones": [RIGHT]})
    told = alarm(scene, name, 20, box)
    assert tried(here, told, here) == "raised"
    assert tried(there, told, here) == "quiet"


def test_a_week_of_standing_costs_no_more_than_a_day() -> None:
    """A wreck is looked at more seldom, and for a bounded time."""
    wreck = alarm("illegal_parking", "car", 500_000)
    assert tried(camera(PARKING | {"dwell": 86_400}), wreck) == "raised"
    assert len(list(past._looks(wreck, 1.0))) <= 3001
