"""Half as many looks: the same events, at most one (longer) look later."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.edge.scenes.lanes import LaneCamera, asphalt, cartons
from tests.edge.scenes.stories import actors, agree, looks_of, played, touching
from tests.edge.scenes.test_restart import CLUTTER, LANE, PARKING, PERIMETER
from tests.edge.scenes.worlds import scene_of

NAMES = {"illegal_parking": ["car"], "fire_lane_blocked": ["truck"], "bike_clutter": ["bicycle"]}


@pytest.mark.parametrize("scene", [PARKING, LANE, CLUTTER], ids=lambda scene: str(scene["scene"]))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_half_the_pace_changes_no_event_by_more_than_one_look(scene: dict[str, Any], data: st.DataObject) -> None:
    """With looks every second, and every two. What is not seen leaving at half the pace is hidden for
    the grace, and both the grace and the clearing end at a look."""
    cast = data.draw(actors(NAMES[scene["scene"]], longest=60))
    # Stays that are just as long as the dwell are met at one pace and not at the other: nobody stays so long.
    cast = [actor for actor in cast if not any(abs(actor.stay - limit) < 6 for limit in (15, 20, 50))]
    cast = [actor for actor in cast if not actor.hidden]
    full, half = (played(scene, looks_of(cast, 160, step), step) for step in (1.0, 2.0))
    closed_within = 2 * 2.0 + scene["grace"]
    assume(not touching(full, closed_within) and not touching(half, closed_within))
    agree(full, half, within=2.0, closed_within=closed_within)


@settings(max_examples=15, deadline=None)
@given(cast=actors(["person"], longest=20, most=2))
def test_half_the_pace_changes_no_intrusion_by_more_than_one_look(cast: list[Any]) -> None:
    """Five looks a second, and two and a half."""
    cast = [actor for actor in cast if not actor.hidden]
    # Until the last one has left and its event is closed: what the end cuts off is no difference.
    full, half = (played(PERIMETER, looks_of(cast, 100, step), step) for step in (0.2, 0.4))
    closed_within = 0.4 + PERIMETER["grace"]
    assume(not touching(full, closed_within) and not touching(half, closed_within))
    agree(full, half, within=0.4, closed_within=closed_within)


@pytest.mark.parametrize("step", [0.5, 1.0, 2.0, 4.0])
def test_cartons_are_reported_in_time_at_any_pace(step: float) -> None:
    """Within one look of the moment at which their time is up."""
    road = asphalt()
    lane = [[0.3, 0.4], [0.7, 0.4], [0.8, 0.95], [0.2, 0.95]]
    watched = LaneCamera(scene_of(scene="fire_lane_blocked", dwell=20, zones=[{"id": "lane", "polygon": lane}]), 1000.0)
    watched.watch_picture(road, 16, step=step)
    watched.watch_picture(cartons(road), 40, step=step)
    assert watched.phases == ["opened"]
    assert 1016 <= watched.events[0].started_at.timestamp() <= 1016 + step
    assert 1036 <= watched.events[0].observed_at.timestamp() <= 1036 + step


@pytest.mark.parametrize("scene", [PARKING, LANE, CLUTTER, PERIMETER], ids=lambda scene: str(scene["scene"]))
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_the_same_looks_give_the_same_messages(scene: dict[str, Any], data: st.DataObject) -> None:
    """To the last identifier and digit, at whatever time the run is made."""
    cast = data.draw(actors(NAMES.get(scene["scene"], ["person"])))
    looks = looks_of(cast, 60, 0.5)
    once, again = played(scene, looks, 0.5), played(scene, looks, 0.5)
    assert [event.model_dump_json() for event in once] == [event.model_dump_json() for event in again]
