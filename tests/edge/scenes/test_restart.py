"""A restart of the gateway: whatever the moment, no event is raised again and none is lost."""

import json
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edge.scenes.lanes import LaneCamera, asphalt, cartons, shade
from tests.edge.scenes.stories import START, Actor, actors, agree, live_once, looks_of, played
from tests.edge.scenes.worlds import LEFT_HALF, Camera, at, scene_of, track

ALL = [[0.0, 0.25], [1.0, 0.25], [1.0, 0.9], [0.0, 0.9]]
COMMON: dict[str, Any] = {"grace": 5, "clear_after": 8, "zones": [{"id": "zone", "polygon": ALL}]}
PARKING = {"scene": "illegal_parking", "dwell": 20, "queue": {"vehicles": 3, "spread": 10, "grace": 30}, **COMMON}
LANE = {"scene": "fire_lane_blocked", "dwell": 15, "covered": 0.02, "things": False, **COMMON}
CLUTTER = {"scene": "bike_clutter", "dwell": 15, "count": 2, **COMMON}
PERIMETER = {
    "scene": "perimeter_intrusion",
    "dwell": 1,
    "lines": [{"id": "fence", "line": [[0.0, 0.85], [1.0, 0.85]]}],
    **COMMON,
    "grace": 2,
}


@pytest.mark.parametrize(
    ("scene", "names"),
    [(PARKING, ["car", "bus"]), (LANE, ["car", "truck"]), (CLUTTER, ["bicycle"])],
    ids=["parking", "lane", "clutter"],
)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_cut_anywhere_changes_no_event(scene: dict[str, Any], names: list[str], data: st.DataObject) -> None:
    """Whoever stands, waits, comes, goes or is hidden at the cut: events as without it, to one look.

    What drives off at the very cut cannot be told from what is hidden after it, so its closing waits for the grace.
    """
    cast = data.draw(actors(names))
    cut = data.draw(st.integers(1, 139))
    whole = played(scene, looks_of(cast, 140, 1.0), 1.0)
    parted = played(scene, looks_of(cast, 140, 1.0, cut), 1.0, cut)
    agree(whole, parted, within=1.0, closed_within=1.0 + scene["grace"])
    live_once(parted)


@settings(max_examples=15, deadline=None)
@given(cast=actors(["person"], longest=20, most=3), cut=st.integers(1, 299))
def test_a_cut_anywhere_changes_no_intrusion(cast: list[Actor], cut: int) -> None:
    """Also in the middle of a step over the line."""
    whole = played(PERIMETER, looks_of(cast, 60, 0.2), 0.2)
    parted = played(PERIMETER, looks_of(cast, 60, 0.2, cut), 0.2, cut)
    agree(whole, parted, within=0.2, closed_within=0.2 + PERIMETER["grace"])
    live_once(parted)


@pytest.mark.parametrize("cut", [1, 3, 9, 16, 21, 24, 33, 39, 52, 58, 66])
def test_a_cut_anywhere_changes_nothing_about_a_thing_in_the_lane(cut: int) -> None:
    """The empty lane is not learnt anew with the cartons in it, and shade stays shade."""
    road = asphalt()
    story = [*[road] * 15, *[cartons(road)] * 40, *[shade(road, (0.3, 0.5, 0.6, 0.8))] * 25]
    lane = [[0.3, 0.4], [0.7, 0.4], [0.8, 0.95], [0.2, 0.95]]
    settings: dict[str, Any] = {**LANE, "things": True, "covered": 0.1, "zones": [{"id": "zone", "polygon": lane}]}

    def run(cut_at: int | None) -> LaneCamera:
        watched = LaneCamera(scene_of(**settings), START)
        for number, picture in enumerate(story):
            if number == cut_at:
                state = json.loads(json.dumps([watched.scene.dump_state(), watched.clock.dump_state()]))
                after = LaneCamera(scene_of(**settings), watched.time)
                after.scene.load_state(state[0])
                after.clock.load_state(state[1])
                after.events = watched.events
                watched = after
            watched.show(picture)
        return watched

    whole, parted = run(None), run(cut)
    assert whole.phases == ["opened", "closed"]
    # What is not yet settled at the cut has to settle again.
    agree(whole.events, parted.events, within=1.0 if cut not in range(15, 21) else 6.0, closed_within=6.0)
    live_once(parted.events)


def test_an_open_event_of_a_zone_that_is_gone_closes_at_the_next_look(caplog: pytest.LogCaptureFixture) -> None:
    """Somebody took the zone out of the settings while the gateway was down."""
    first = Camera(scene_of(scene="illegal_parking", zones=[{"id": "kerb", "polygon": LEFT_HALF}], dwell=10))
    first.watch([track(1, at(0.25, 0.5))], 20)
    state = json.loads(json.dumps(first.scene.dump_state()))
    second = Camera(scene_of(scene="illegal_parking", zones=[{"id": "gate", "polygon": LEFT_HALF}], dwell=100))
    with caplog.at_level(logging.WARNING):
        second.scene.load_state(state)
    assert "zone 'kerb' is gone" in caplog.text
    said = second.look([track(1, at(0.25, 0.5))])
    assert [(event.phase, event.zone, event.event_id) for event in said] == [
        ("closed", "kerb", first.events[0].event_id)
    ]


@pytest.mark.parametrize("scene", [PARKING, LANE, CLUTTER, PERIMETER], ids=lambda scene: str(scene["scene"]))
def test_a_memory_that_cannot_be_read_is_dropped_with_a_line_in_the_log(
    scene: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The gateway starts all the same."""
    watched = Camera(scene_of(**scene))
    broken = {key: {"zone": 17} for key in watched.scene.dump_state()}
    with caplog.at_level(logging.WARNING):
        watched.scene.load_state(broken)
    assert "dropped" in caplog.text
    assert watched.look([]) == []


def test_a_gap_of_an_hour_over_a_restart_counts_as_a_lost_camera_does() -> None:
    """At most half a minute of it is standing time."""
    first = Camera(scene_of(**{**PARKING, "dwell": 60}))
    first.watch([track(1, at(0.25, 0.5))], 20)
    second = Camera(scene_of(**{**PARKING, "dwell": 60}), first.time + 3600)
    second.scene.load_state(first.scene.dump_state())
    second.clock.load_state(first.clock.dump_state())
    second.look([track(1, at(0.25, 0.5), first_seen=second.time)])
    assert second.events == []
    second.watch([track(1, at(0.25, 0.5), first_seen=second.time - 1)], 15)
    assert second.phases == ["opened"]
    assert second.events[0].started_at.timestamp() == 1000
