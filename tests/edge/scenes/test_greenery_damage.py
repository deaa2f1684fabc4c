"""Damaged greenery: what opens an event, what must not, and what is not trusted."""

from typing import Any

import numpy as np
import pytest
from tests.edge.scenes.grounds import LAWN, GroundCamera, Street, cells, grey, moved

from sharp_eyes.contract.event import Grade, Phase
from sharp_eyes.edge.scenes.calibration import parse_calibration
from sharp_eyes.edge.scenes.reference.trust import Doubt

HARM = cells(0.2, 0.6, 0.35, 0.75)  # about a seventh of the lawn
HARM_SHARE = 0.15 * 0.15 / 0.16


def camera(**changes: Any) -> GroundCamera:
    settings: dict[str, Any] = {
        "scene": "greenery_damage",
        "zones": [{"id": "zone", "polygon": LAWN}],
        "look_interval": 10,
        "learning": 3,
        "dwell": 60,
        "grace": 25,
        "clear_after": 40,
    }
    made = GroundCamera(**(settings | changes))
    made.look(5)
    assert made.events == []
    return made


def test_a_bare_place_that_stays_is_one_event_with_the_share_that_is_lost() -> None:
    """It opens one dwell after the damage, and closes when the belt is green again."""
    watched = camera()
    watched.street.bare(HARM)
    began = watched.time
    watched.look(30)
    assert watched.phases == ["opened"]
    event = watched.events[0]
    assert event.started_at.timestamp() == began
    assert event.observed_at.timestamp() == began + 60
    lost, dwell = event.measures
    assert (lost.name, lost.unit, lost.threshold) == ("share", "1", 0.05)
    assert lost.value == pytest.approx(HARM_SHARE, abs=0.02)
    assert lost.uncertainty is not None
    assert dwell.value == 60
    assert event.box == pytest.approx((0.2, 0.6, 0.35, 0.75), abs=0.02)
    watched.street = Street()
    watched.look(10)
    assert watched.phases == ["opened", "closed"]


def test_more_damage_makes_it_graver() -> None:
    """The grade follows the share."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(10)
    watched.street.bare(cells(0.1, 0.5, 0.45, 0.85))
    watched.look(3)
    assert [event.grade for event in watched.events] == [Grade.ORDINARY, Grade.MAJOR]


def test_with_a_calibration_the_area_is_told_in_square_metres() -> None:
    """Ten metres across and ten down the picture make 100 m²; its own grades and its uncertainty go with it."""
    points = [{"at": [x, y], "metres": [10 * x, 10 * y]} for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    watched = camera()
    watched.calibration = parse_calibration("cam", {"points": points, "metre_error": 0.1})
    watched.scene.settings = watched.scene.settings.model_copy(update={"area": 2.0})
    watched.street.bare(HARM)
    watched.look(10)
    area, lost, _ = watched.events[0].measures
    assert (area.name, area.unit, area.threshold) == ("area", "m2", 2.0)
    assert area.value == pytest.approx(2.25, rel=0.15)
    assert area.uncertainty is not None
    assert 0 < area.uncertainty < 0.6
    assert lost.name == "share"


def test_a_small_place_in_square_metres_counts_though_its_share_is_small() -> None:
    """Either limit is enough."""
    points = [{"at": [x, y], "metres": [100 * x, 100 * y]} for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    watched = camera(share=0.5, area=100)
    watched.street.bare(HARM)
    watched.look(20)
    assert watched.events == []
    watched.calibration = parse_calibration("cam", {"points": points})
    watched.look(20)
    assert watched.phases == ["opened"]
    assert [one.name for one in watched.events[0].measures] == ["area", "share", "dwell"]


@pytest.mark.parametrize("area", [100.0, None])
def test_what_made_it_an_event_is_told_first(area: float | None) -> None:
    """2.25 of 100 m² would be none: the share was over its limit, so the share comes first; the grade is by area."""
    points = [{"at": [x, y], "metres": [10 * x, 10 * y]} for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    watched = camera(area=area)
    watched.calibration = parse_calibration("cam", {"points": points, "metre_error": 0.1})
    watched.street.bare(HARM)
    watched.look(10)
    first, second, _ = watched.events[0].measures
    assert (first.name, second.name, second.threshold) == ("share", "area", area)
    assert first.threshold is not None
    assert first.value >= first.threshold


def test_a_short_damage_is_none() -> None:
    """Something lay there and is gone again before the dwell has passed."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(5)
    watched.street = Street()
    watched.look(20)
    assert watched.events == []


def test_shadow_light_and_a_segmenter_that_errs_are_no_damage() -> None:
    """A shadow changes no class; and where the class changes but the green stays, it is not believed."""
    watched = camera()
    watched.street.darken(cells(0.1, 0.4, 0.4, 0.8))
    watched.look(20)
    watched.street = Street()
    watched.street.gain = np.array([0.7, 0.75, 0.8])
    watched.look(20)
    watched.street = Street()
    watched.street.classes[HARM] = 1
    watched.look(20)
    assert watched.events == []
    assert watched.scene.skipped == {}


def test_what_stands_in_front_hides_the_ground_and_is_no_damage() -> None:
    """A parked van is 'other'; people are boxes. Below them the belt is as it was seen last."""
    watched = camera()
    watched.street.stand(cells(0.15, 0.45, 0.3, 0.8))
    watched.look(15, boxes=((0.38, 0.6, 0.42, 0.7),))
    assert watched.events == []
    watched.street.stand(cells(0.1, 0.4, 0.5, 0.9))
    watched.look(5)
    assert watched.scene.skipped == {Doubt.HIDDEN: 5}
    assert watched.state.doubt is Doubt.HIDDEN


def test_the_roof_of_a_van_that_is_called_paved_is_no_damage() -> None:
    """It hangs together with what is seen as a van; damage on which somebody stands stays damage."""
    watched = camera()
    watched.street.stand(cells(0.25, 0.55, 0.4, 0.95))
    roof = cells(0.25, 0.55, 0.4, 0.68)
    watched.street.classes[roof] = 2
    watched.look(15)
    assert watched.events == []
    watched.street = Street()
    watched.street.bare(HARM)
    watched.street.stand(cells(0.26, 0.62, 0.28, 0.72))
    watched.look(15)
    assert watched.phases == ["opened"]


def test_damage_goes_on_behind_a_parked_van() -> None:
    """What is hidden neither clears nor grows."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(10)
    watched.street.stand(cells(0.2, 0.5, 0.35, 0.75))
    watched.look(20)
    assert watched.phases == ["opened"]


def snowy(street: Street) -> None:
    street.picture[120:] = 225
    street.classes[:] = 2


@pytest.mark.parametrize(
    ("doubt", "spoil"),
    [
        (Doubt.NIGHT, lambda street: setattr(street, "gain", np.full(3, 0.3))),
        (Doubt.NIGHT, lambda street: setattr(street, "gain", np.array([0.2, 0.5, 0.8]))),
        (Doubt.SNOW, snowy),
        (Doubt.UNSURE, lambda street: setattr(street, "sure", 0.4)),
        (Doubt.COLOURS, lambda street: setattr(street, "gain", np.array([1.3, 0.8, 1.3]))),
    ],
)
def test_looks_that_cannot_be_trusted_neither_raise_nor_clear_and_are_counted(doubt: Doubt, spoil: Any) -> None:
    """Before the event, in its dwell and while it is open: the same. And a second look says why it is unsure."""
    watched = camera()
    good = watched.street

    def bad_looks(count: int) -> None:
        watched.street = Street()
        watched.street.bare(cells(0.1, 0.5, 0.5, 0.9))
        spoil(watched.street)
        watched.look(count)

    bad_looks(30)
    assert watched.events == []
    finding = watched.check()
    assert (finding.trusted, finding.reason) == (False, doubt.value)
    watched.street = good
    good.bare(HARM)
    watched.look(10)
    assert watched.phases == ["opened"]
    bad_looks(60)
    assert watched.phases == ["opened"]
    assert watched.scene.doubts == {doubt.value: 90}


def test_an_infrared_picture_says_nothing_of_green() -> None:
    """Without colours everything could be bare."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(20, picture=grey(watched.street.seen(watched.random)))
    assert watched.events == []
    assert watched.scene.skipped == {Doubt.INFRARED: 20}


def test_the_night_does_not_count_to_the_dwell() -> None:
    """Damage late in the evening is told in the morning, when it has been seen for long enough."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(3)
    watched.street.gain = np.full(3, 0.3)
    watched.look(100)
    watched.street.gain = np.ones(3)
    watched.look(1)
    assert watched.events == []
    watched.look(6)
    assert watched.phases == ["opened"]


def test_outside_its_hours_it_neither_raises_nor_clears() -> None:
    """The belt does not heal because nobody looks."""
    day = {"hours": [{"start": "06:00", "end": "18:00"}], "timezone": "UTC"}
    watched = GroundCamera(
        scene="greenery_damage",
        zones=[{"id": "zone", "polygon": LAWN}],
        learning=3,
        dwell=60,
        schedule=day,
        clear_after=40,
    )
    watched.time = 17.5 * 3600
    watched.look(5)
    watched.street.bare(HARM)
    watched.look(200)
    assert watched.phases == ["opened"]
    watched.street = Street()
    watched.look(100, step=60)
    assert watched.phases == ["opened"]
    assert watched.state.doubt is Doubt.HOURS


def falling_leaves(watched: GroundCamera, looks: int) -> None:
    """The lawn's probability of plants goes from 0.9 to 0.3 and its tint to brown, evenly over the looks."""
    green = watched.street.picture.copy()
    brown = green * np.array([1.1, 0.85, 1.4])
    for share in np.linspace(0, 1, looks):
        watched.street.thin = 0.65 * share
        watched.street.picture = green * (1 - share) + brown * share
        watched.look(1, step=600)


def test_leaf_fall_over_weeks_moves_the_reference_and_the_same_in_hours_is_damage() -> None:
    """Eighteen hours with a time constant of 2.4 hours stand for a month with four days."""
    slow = camera(drift=0.1, look_interval=600, dwell=3600, grace=1300)
    falling_leaves(slow, 108)
    slow.look(10, step=600)
    assert slow.events == []
    assert slow.state.doubt is None
    fast = camera(drift=0.1, look_interval=600, dwell=3600, grace=1300)
    falling_leaves(fast, 12)
    fast.look(10, step=600)
    assert fast.phases[:1] == ["opened"]


def test_damage_does_not_become_usual() -> None:
    """The reference is frozen where damage is suspected, however long it lasts."""
    watched = camera(drift=0.1, look_interval=600, dwell=3600, grace=1300)
    watched.street.bare(HARM)
    watched.look(100, step=600)
    assert [event.phase for event in watched.events if event.phase is not Phase.UPDATED] == [Phase.OPENED]


def test_a_restart_neither_raises_again_nor_learns_anew() -> None:
    """The damage is remembered as damage, and the belt as it was before."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(10)
    watched.restart()
    watched.look(10)
    assert watched.phases == ["opened"]
    before = watched.scene.reference("zone")
    assert before is not None
    green = before.picture()[180:200, 150:170].mean(axis=(0, 1))
    assert green[1] > green[2] + 20
    watched.street = Street()
    watched.look(10)
    assert watched.phases == ["opened", "closed"]
    assert len({event.event_id for event in watched.events}) == 1


def test_a_restart_within_the_dwell_goes_on_with_it() -> None:
    """Half the dwell before, half after."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(4)
    watched.restart()
    watched.look(4)
    assert watched.phases == ["opened"]


def test_another_polygon_or_a_spoilt_memory_is_learnt_anew() -> None:
    """What was remembered of another place is of no use, and nothing fails."""
    watched = camera()
    watched.restart(zones=[{"id": "zone", "polygon": [[0.2, 0.5], [0.5, 0.5], [0.5, 0.9], [0.2, 0.9]]}])
    assert not watched.state.reference.learnt
    watched.look(5)
    assert watched.state.reference.learnt
    state = watched.scene.dump_state()
    state["zones"]["zone"]["by_day"]["planes"]["green"]["data"] = "?"
    spoilt = watched.built()
    spoilt.load_state(state)
    assert not spoilt.states["zone"].reference.learnt


def test_an_event_of_a_zone_that_is_gone_closes_after_a_restart() -> None:
    """Nobody would look at it any more."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(10)
    watched.restart(zones=[{"id": "other", "polygon": LAWN}])
    watched.look(8)
    assert watched.phases == ["opened", "closed"]


def test_a_camera_that_was_turned_says_so_and_learns_anew() -> None:
    """Nothing can be compared until then, and a gust of wind is no turn."""
    watched = camera()
    turned = moved(watched.street.seen(watched.random), 0.06)
    watched.look(1, picture=turned)
    assert watched.state.doubt is Doubt.MOVED
    watched.look(1)
    assert watched.state.doubt is None
    watched.look(3, picture=turned)
    assert not watched.state.reference.learnt
    watched.look(4, picture=turned)
    assert watched.state.reference.learnt
    assert watched.scene.skipped == {Doubt.MOVED: 4}
    assert watched.events == []


def test_another_place_or_a_covered_lens_is_not_compared() -> None:
    """It is not taken for the new reference until it has lasted for a quarter of an hour."""
    watched = camera()
    other = Street(seed=77).seen(watched.random)[:, ::-1].copy()
    watched.look(60, picture=other)
    assert set(watched.scene.skipped) <= {Doubt.UNLIKE, Doubt.MOVED}
    assert watched.state.reference.learnt
    assert watched.events == []


def test_a_second_look_says_whether_the_damage_is_still_there() -> None:
    """From one look, whatever was seen before."""
    watched = camera()
    watched.street.bare(HARM)
    watched.look(10)
    finding = watched.check()
    assert finding.holds
    assert finding.trusted
    assert finding.measures[0].value == pytest.approx(HARM_SHARE, abs=0.02)
    watched.street = Street()
    finding = watched.check()
    assert (finding.holds, finding.trusted) == (False, True)


def test_before_the_reference_is_learnt_a_second_look_is_unsure() -> None:
    """There is nothing to compare with."""
    watched = GroundCamera(scene="greenery_damage", zones=[{"id": "zone", "polygon": LAWN}], learning=3)
    watched.look(1)
    assert watched.check().trusted is False
    assert watched.scene.reference("zone") is None


def test_the_settings_name_what_is_wrong() -> None:
    """A share of more than one is none."""
    from sharp_eyes.edge.errors import ConfigError

    with pytest.raises(ConfigError, match="share"):
        GroundCamera(scene="greenery_damage", zones=[{"id": "zone", "polygon": LAWN}], share=1.2)
