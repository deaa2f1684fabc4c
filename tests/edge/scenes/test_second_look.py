"""What is about to become an event is looked at a second time."""

from typing import Any

from tests.edge.scenes.worlds import LEFT_HALF, Camera, at, note, track

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.catalogue import build, parse_settings
from sharp_eyes.edge.scenes.event_lifecycle import Condition, Origin

ZONE = {"id": "kerb", "polygon": LEFT_HALF}
PARKED = track(1, at(0.2, 0.5))


class Judge:
    """Bears out what it is told to, and remembers when it was asked."""

    def __init__(self, camera: Camera | None = None, answers: bool = False) -> None:
        self.camera = camera
        self.answers: bool | None = answers
        self.asked: list[tuple[float, bool]] = []

    def __call__(self, scene: SceneName, condition: Condition, again: bool) -> bool | None:
        assert scene is SceneName.ILLEGAL_PARKING
        assert condition.object_class == "car"
        assert self.camera is not None
        self.asked.append((self.camera.time - 1000.0, again))
        return self.answers


def kerb(judge: Judge, **changes: Any) -> Camera:
    settings = {"scene": "illegal_parking", "zones": [ZONE], "dwell": 10, "clear_after": 5} | changes
    camera = Camera(build(parse_settings("cam", 0, settings), Origin("gw", "cam", note, judge)))
    judge.camera = camera
    return camera


def test_what_is_borne_out_becomes_an_event_at_once() -> None:
    """It is asked once, at the opening."""
    judge = Judge(answers=True)
    camera = kerb(judge)
    camera.watch([PARKED], 30)
    assert camera.phases == ["opened"]
    assert len(judge.asked) == 1
    assert not judge.asked[0][1]


def test_what_is_refused_becomes_none_and_is_looked_at_again_seldomer_each_time() -> None:
    """Two, four, eight seconds apart, then once a minute."""
    judge = Judge()
    camera = kerb(judge)
    camera.watch([PARKED], 300)
    camera.watch([], 20)
    assert camera.events == []
    apart = [later[0] - earlier[0] for earlier, later in zip(judge.asked, judge.asked[1:], strict=False)]
    assert apart == [2, 4, 8, 16, 32, 60, 60, 60]
    assert [again for _, again in judge.asked] == [False] + [True] * 8


def test_what_is_borne_out_later_becomes_an_event_with_its_own_beginning() -> None:
    """The first look may have been a bad one."""
    judge = Judge()
    camera = kerb(judge)
    camera.watch([PARKED], 14)
    judge.answers = True
    camera.watch([PARKED], 20)
    assert camera.phases == ["opened"]
    assert camera.events[0].started_at.timestamp() == 1000.0


def test_a_refused_thing_that_leaves_and_another_that_comes_is_a_new_candidate() -> None:
    """Nothing of the first refusal delays the second."""
    judge = Judge()
    camera = kerb(judge)
    camera.watch([PARKED], 100)
    camera.watch([], 60)
    judge.asked.clear()
    judge.answers = True
    camera.watch([track(9, at(0.3, 0.7), first_seen=camera.time)], 12)
    assert camera.phases == ["opened"]
    assert [again for _, again in judge.asked] == [False]


def test_a_scene_may_do_without() -> None:
    """By its setting."""
    judge = Judge()
    camera = kerb(judge, verify=False)
    camera.watch([PARKED], 30)
    assert camera.phases == ["opened"]
    assert judge.asked == []


def test_an_open_event_is_not_asked_about() -> None:
    """It goes on and closes by its own condition."""
    judge = Judge(answers=True)
    camera = kerb(judge)
    camera.watch([PARKED], 20)
    judge.answers = False
    camera.watch([PARKED], 20)
    camera.watch([], 20)
    assert camera.phases == ["opened", "closed"]
    assert len(judge.asked) == 1


def test_what_was_not_judged_yet_is_asked_about_at_the_next_look() -> None:
    """Too many at once: nobody refused it, so it does not wait."""
    judge = Judge()
    judge.answers = None
    camera = kerb(judge)
    camera.watch([PARKED], 15)
    judge.answers = True
    camera.watch([PARKED], 5)
    assert camera.phases == ["opened"]
    apart = [later[0] - earlier[0] for earlier, later in zip(judge.asked, judge.asked[1:], strict=False)]
    assert set(apart) == {1.0}
    assert not any(again for _, again in judge.asked)
