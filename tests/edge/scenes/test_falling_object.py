import json
import math
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from tests.edge.scenes.skies import (
    FACADE,
    HEIGHT,
    MEASURED,
    METRE,
    START,
    WIDTH,
    Canvas,
    Thing,
    falling,
    frames,
    moving,
    rain,
    scene_of,
    spot,
    watched,
)
from tests.edge.scenes.worlds import Camera

from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.clock import Clock


def opened(events: list[SceneEvent]) -> list[SceneEvent]:
    return [event for event in events if event.phase is Phase.OPENED]


def measure(event: SceneEvent, name: str) -> float:
    return next(item.value for item in event.measures if item.name == name)


@pytest.mark.parametrize("rate", [25.0, 12.5])
def test_a_drop_is_one_event_with_gravity_and_floor(rate: float) -> None:
    """Opened while it falls, closed once; the fitted acceleration is that of free fall to a tenth."""
    events = watched(scene_of(), frames([falling(300, 100)], 7, rate))
    assert [event.phase for event in events] == [Phase.OPENED, Phase.CLOSED]
    first, last = events
    assert 2.0 <= first.started_at.timestamp() - START <= 2.4
    assert first.observed_at.timestamp() - START <= 3.2
    assert measure(last, "acceleration") == pytest.approx(9.81, rel=0.1)
    assert measure(last, "floor") == 1 + (HEIGHT - 100) // (HEIGHT / 12)
    assert measure(last, "fallen") == pytest.approx((HEIGHT - 100) / METRE, abs=2.5)
    assert last.box is not None
    assert last.box[1] == pytest.approx(100 / HEIGHT, abs=0.04)
    assert last.box[3] >= 0.9
    assert last.box[0] <= 300 / WIDTH <= last.box[2]
    assert last.model is None


def test_dropped_frames_and_a_pole_in_front_do_not_hide_it() -> None:
    """A third of the frames is lost, and a pale beam covers it for a while."""

    def beam(canvas: Canvas, time: float) -> None:
        del time
        canvas[180:200] = 150

    lost = np.flatnonzero(np.random.default_rng(5).random(200) < 0.33).tolist()
    assert len(opened(watched(scene_of(), frames([falling(300, 60), beam], 7, 25.0, lost)))) == 1


def test_a_light_bag_falls_slower_and_still_counts() -> None:
    """The air holds it at 7 m/s; the fit says less than free fall, and the floor is right all the same."""
    events = watched(scene_of(), frames([falling(300, 70, terminal=7.0)], 9))
    assert len(opened(events)) == 1
    assert measure(events[-1], "acceleration") < 8.5
    assert measure(events[-1], "floor") == 1 + (HEIGHT - 70) // (HEIGHT / 12)
    assert [one.name for one in events[0].measures] == ["floor", "fallen", "acceleration", "duration"]


def test_what_is_thrown_far_out_counts() -> None:
    """It goes sideways at 4 m/s."""
    assert len(opened(watched(scene_of(), frames([falling(200, 80, aside=4.0)], 7)))) == 1


def test_two_things_are_two_events() -> None:
    """One after the other, and two at once at other windows."""
    things = [falling(150, 60), falling(450, 120), falling(300, 80, start=5.0)]
    events = watched(scene_of(), frames(things, 10))
    assert len(opened(events)) == 3
    assert len({event.event_id for event in events}) == 3


def test_what_falls_outside_the_zone_does_not_count() -> None:
    """The facade is the right half."""
    zone = {"id": "right", "polygon": [[0.55, 0], [1, 0], [1, 1], [0.55, 1]]}
    assert watched(scene_of(zone), frames([falling(200, 60)], 6)) == []
    assert len(opened(watched(scene_of(zone), frames([falling(500, 60)], 6)))) == 1


def test_without_a_known_height_it_says_only_what_it_knows() -> None:
    """Acceleration in picture heights, no metres, no floor."""
    events = watched(scene_of(FACADE), frames([falling(300, 100)], 7))
    names = [item.name for item in events[-1].measures]
    assert names == ["path", "relative_acceleration", "duration"]
    assert measure(events[-1], "relative_acceleration") == pytest.approx(9.81 * METRE / HEIGHT, rel=0.1)


def test_what_comes_from_above_the_picture_is_at_least_from_there() -> None:
    """It enters at full speed, so the floor it came from cannot be named."""
    events = watched(scene_of(), frames([falling(300, -150)], 7))
    assert len(opened(events)) == 1
    assert {item.name for item in events[-1].measures} >= {"floor_at_least"}
    assert measure(events[-1], "floor_at_least") >= 11


def test_rain_alone_is_no_event_and_hides_none() -> None:
    """Sixty streaks a frame raise nothing; through forty the fall is seen."""
    assert watched(scene_of(), frames([rain()], 8)) == []
    assert len(opened(watched(scene_of(), frames([rain(40), falling(300, 60, size=7)], 7)))) == 1


def bird(speed: float, sink: float) -> Thing:
    return moving(lambda time: (40 + speed * METRE * time, 60 + sink * METRE * time), size=6)


def leaf(x: float) -> Thing:
    def place(time: float) -> tuple[float, float]:
        return x + 25 * math.sin(2.1 * time), 30 + 11 * time + 7 * math.sin(4.2 * time)

    return moving(place, size=4)


def insect(time: float) -> tuple[float, float]:
    return 320 + 200 * math.sin(9 * time) + 60 * math.sin(31 * time), 180 + 130 * math.sin(7 * time + 1)


def laundry(canvas: Canvas, time: float) -> None:
    for x in (200, 230, 260):
        spot(canvas, x + 4 * math.sin(5 * time + x), 150 + 2 * math.sin(7 * time), 14, 20, 220)


def lamps(canvas: Canvas, time: float) -> None:
    """Go on one after the other, all over the front."""
    random = np.random.default_rng(4)
    for _ in range(30):
        x, y, start = random.uniform(40, 600), random.uniform(20, 340), random.uniform(1, 9)
        if time > start:
            spot(canvas, x, y, 18, 12, 240)


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(bird(8, 0), id="bird flies level"),
        pytest.param(bird(6, 5), id="bird glides down"),
        pytest.param(bird(0.5, 6), id="lift of a window cleaner"),
        pytest.param(moving(lambda time: (300, 340 - 20 * time - 10 * time**2)), id="balloon"),
        pytest.param(moving(insect, size=26), id="insect near the lens"),
        pytest.param(moving(insect, size=9), id="insect further off"),
        pytest.param(leaf(200), id="leaf"),
        pytest.param(laundry, id="laundry"),
        pytest.param(lamps, id="lights go on"),
    ],
)
def test_what_is_no_fall(thing: Thing) -> None:
    """Traps, with and without a known height."""
    seen = frames([thing], 10)
    assert watched(scene_of(), seen) == []
    assert watched(scene_of(FACADE), seen) == []


def beside(x: float, dx: float) -> list[Thing]:
    """Two things that fall side by side, ``dx`` pixels apart."""
    return [falling(x, 60, terminal=12.0), falling(x + dx, 60, terminal=12.0)]


def hidden_below(row: int) -> Thing:
    """A pale roof in front of all that is lower."""

    def draw(canvas: Canvas, time: float) -> None:
        del time
        canvas[row:] = 150

    return draw


def test_without_a_known_height_a_short_way_down_is_not_enough() -> None:
    """A bird that dives for a window's height; with a height m/s² vouch for it."""
    seen = frames([falling(300, 100), hidden_below(158)], 6)
    assert watched(scene_of(FACADE), seen) == []
    assert len(opened(watched(scene_of(), seen))) == 1
    assert len(opened(watched(scene_of(FACADE), frames([falling(300, 100), hidden_below(200)], 6)))) == 1


def test_what_moves_beside_others_is_a_part_of_something() -> None:
    """The arms of somebody behind glass, a car's wheels and shadow: not told until it has come down very far."""
    seen = frames([*beside(300, 9), hidden_below(220)], 6)
    assert watched(scene_of(FACADE), seen) == []
    assert len(opened(watched(scene_of(FACADE), frames([*beside(300, 90), hidden_below(220)], 6)))) == 2
    assert opened(watched(scene_of(FACADE), frames([*beside(300, 9), hidden_below(320)], 6)))
    assert opened(watched(scene_of(), seen)), "m/s² vouch for it"


def test_what_is_half_outside_is_not_told() -> None:
    """Somebody passes along the edge of the zone: one sees an elbow."""
    zone = {"id": "right", "polygon": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]}
    assert watched(scene_of(zone), frames([falling(320, 60, size=12), hidden_below(220)], 6)) == []
    assert len(opened(watched(scene_of(zone), frames([falling(340, 60, size=12), hidden_below(220)], 6)))) == 1


def tilting(start: float, end: float) -> Thing:
    """The camera tilts upwards, faster and faster, over a wall with some lamps; what it shows falls."""

    def draw(canvas: Canvas, time: float) -> None:
        canvas[:] = 150 + (canvas - 150) / 12  # the windows are faint
        for x, y in ((90, 40), (210, 150), (330, 60), (450, 130), (560, 50)):
            spot(canvas, x, y, 5, 5, 20)
        moved = round(90 * min(max(time - start, 0), end - start) ** 2)
        canvas[:] = np.roll(canvas, moved, axis=0)

    return draw


def test_a_camera_that_moves_is_told_and_what_moves_with_it_is_no_fall() -> None:
    """Once it stands still again, what falls is told as ever."""
    scene = scene_of()
    seen = frames([falling(400, 60, start=8)], 12, light=tilting(2, 3.4))
    assert watched(scene, seen[:80]) == []
    assert scene.hindrance == "the camera shakes or moves"
    assert scene.doubts["the camera shakes or moves"] > 10
    assert len(opened(watched(scene, seen[80:]))) == 1
    assert scene.hindrance == ""


def test_the_light_changes_and_then_something_falls() -> None:
    """A cloud: all of the picture darkens within a second."""

    def cloud(canvas: Canvas, time: float) -> None:
        canvas *= 1 - 0.4 * min(max(time - 1, 0), 1)

    events = watched(scene_of(), frames([falling(300, 60, start=4)], 9, light=cloud))
    assert len(opened(events)) == 1
    assert opened(events)[0].started_at.timestamp() - START >= 3.9


def test_a_time_lapse_falls_in_its_own_time() -> None:
    """Recorded at 25 frames a second, played four times as fast: gravity is right, the times are the clip's."""
    seen = [replace(frame, time=START + (frame.time - START) / 4) for frame in frames([falling(300, 100)], 7)]
    assert opened(watched(scene_of(fastest=15), seen)) == []
    events = watched(scene_of(lapse=4, clear_after=0.2), seen)
    assert [event.phase for event in events] == [Phase.OPENED, Phase.CLOSED]
    assert measure(events[-1], "acceleration") == pytest.approx(9.81, rel=0.1)
    assert events[0].started_at.timestamp() - START == pytest.approx(2.2 / 4, abs=0.06)


def test_outside_its_hours_it_is_silent() -> None:
    """The schedule ends, and begins again with a background of its own."""
    never = {"hours": [{"days": ["mon"], "start": "00:00", "end": "00:01"}]}
    assert watched(scene_of(schedule=never), frames([falling(300, 60)], 6)) == []


@pytest.fixture(scope="module")
def fall() -> list[Frame]:
    """Eight seconds, in which something falls."""
    return frames([falling(300, 60)], 8)


@pytest.mark.parametrize("cut", [60, 72, 85, 95, 110])
def test_a_restart_neither_raises_it_again_nor_loses_it(fall: list[Frame], cut: int) -> None:
    """Whenever the gateway is stopped: before, in the middle of the fall, or before the event is closed."""
    seen, clock = fall, Clock()
    before, after = scene_of(), scene_of()
    events = watched(before, seen[:cut], clock)
    after.load_state(json.loads(json.dumps(before.dump_state())))
    events += watched(after, seen[cut:], clock)
    assert len({event.event_id for event in events}) == 1
    assert [event.phase for event in events] == [Phase.OPENED, Phase.CLOSED]


def test_the_same_frames_give_the_same_events() -> None:
    """To the last digit."""
    seen = frames([rain(), falling(300, 60, size=7)], 6)
    assert watched(scene_of(), seen) == watched(scene_of(), seen)


def test_looking_again_finds_nothing() -> None:
    """A fall is over; and a zone that is not there is an error."""
    scene = scene_of()
    view = Camera(scene).view([])
    assert not scene.check("facade", None, view).holds
    with pytest.raises(KeyError):
        scene.check("elsewhere", None, view)


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ({"height": {"bottom": [0.5, 0.1], "top": [0.5, 0.9], "metres": 30}}, "'top' must lie above"),
        ({"height": {**MEASURED["height"], "halfway": [0.5, 1.0]}}, "'halfway' must lie between"),
        ({"floors": {"lines": [[0.5, 0.2], [0.5, 0.4]]}}, "must go upwards"),
        ({"floors": {"count": 5, "lines": [[0.5, 0.8], [0.5, 0.5], [0.5, 0.2]]}}, "exactly two"),
    ],
)
def test_wrong_settings_say_what_to_do(part: dict[str, object], complaint: str) -> None:
    """The key is named."""
    with pytest.raises(ValidationError, match=complaint):
        scene_of({**FACADE, **part})
