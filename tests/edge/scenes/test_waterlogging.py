"""Standing water: what opens an event, and what only looks like it."""

from typing import Any

import cv2
import numpy as np
import pytest
from tests.edge.scenes.grounds import ROAD, Cells, GroundCamera, Street, cells, fine

from sharp_eyes.contract.event import Grade
from sharp_eyes.edge.frame import Segmentation
from sharp_eyes.edge.scenes.calibration import parse_calibration
from sharp_eyes.edge.scenes.reference.trust import Doubt, grown, with_their_rest

POND = cells(0.6, 0.55, 0.9, 0.8)
POND_SHARE = 0.3 * 0.25 / 0.16


def camera(**changes: Any) -> GroundCamera:
    settings: dict[str, Any] = {
        "scene": "waterlogging",
        "zones": [{"id": "zone", "polygon": ROAD}],
        "learning": 4,
        "dwell": 60,
        "grace": 25,
        "clear_after": 40,
    }
    made = GroundCamera(**(settings | changes))
    made.look(6)
    assert made.events == []
    return made


def flood(street: Street, part: Cells = POND) -> None:
    """Water that mirrors the houses, with ripples, and that the segmenter half believes."""
    street.classes[part] = 3
    high, wide = fine(part)
    rows = high.stop - high.start
    image = street.picture[max(120 - rows, 0) : 120, wide][::-1] * 0.7
    image = np.asarray(cv2.resize(image, (wide.stop - wide.start, rows)), np.float64)
    ripples = np.random.default_rng(2).normal(1, 0.12, image.shape[:2])[..., None]
    street.picture[fine(part)] = cv2.GaussianBlur(image, (0, 0), 1.0) * ripples


def wet(street: Street) -> None:
    """All of the road is darker and shines a little, more so with distance."""
    road = fine(cells(0.52, 0.4, 1.0, 1.0))
    shine = np.linspace(0.35, 0.1, road[0].stop - road[0].start)[:, None, None]
    street.picture[road] = street.picture[road] * 0.65 * (1 - shine) + 190 * shine


def test_a_pond_that_stays_is_one_event_with_its_share() -> None:
    """It opens a dwell after the water is there, and closes when it has run off."""
    watched = camera()
    flood(watched.street)
    watched.look(30)
    assert watched.phases == ["opened"]
    event = watched.events[0]
    part, dwell = event.measures
    assert (part.name, part.threshold) == ("share", 0.2)
    assert part.value == pytest.approx(POND_SHARE, abs=0.12)
    assert part.uncertainty is not None
    assert dwell.value >= 60
    assert event.object_class == "water"
    watched.street = Street()
    watched.look(12)
    assert watched.phases == ["opened", "closed"]


def test_a_wet_road_is_not_ponded() -> None:
    """It is darker, it shines, and the segmenter is not quite sure."""
    watched = camera()
    wet(watched.street)
    watched.street.sure = 0.75
    watched.look(40)
    assert watched.events == []


def test_a_pond_on_a_wet_road_is_seen() -> None:
    """As it mostly is."""
    watched = camera()
    wet(watched.street)
    watched.look(20)
    flood(watched.street)
    watched.look(20)
    assert watched.phases == ["opened"]


def test_shadow_repair_and_traffic_are_no_water() -> None:
    """They change the road, too; none of it is what the segmenter calls water."""
    watched = camera()
    watched.street.darken(cells(0.55, 0.45, 0.8, 0.8))
    watched.look(15)
    watched.street = Street()
    watched.street.picture[fine(POND)] *= 0.55
    watched.look(15)
    watched.street = Street()
    watched.street.stand(cells(0.6, 0.5, 0.75, 0.8))
    watched.look(15)
    assert watched.events == []


def test_dark_asphalt_that_was_always_taken_for_water_is_none() -> None:
    """The reference knows the segmenter's error at this place."""
    watched = GroundCamera(scene="waterlogging", zones=[{"id": "zone", "polygon": ROAD}], learning=4, dwell=60)
    watched.street.classes[POND] = 3
    watched.street.picture[fine(POND)] *= 0.5
    watched.look(40)
    assert watched.events == []


def test_a_single_mistaken_look_does_not_begin_it() -> None:
    """Evidence of several looks is weighed together."""
    watched = camera(dwell=15)
    dry, ponded = watched.street, Street()
    flood(ponded)
    for _ in range(8):
        watched.street = ponded
        watched.look(1)
        watched.street = dry
        watched.look(4)
    assert watched.events == []


def night(street: Street) -> None:
    street.gain = np.array([0.38, 0.4, 0.42])


def test_lamps_in_a_wet_road_at_night_are_no_water() -> None:
    """Against the night's own reference; headlights come and go."""
    watched = camera()
    night(watched.street)
    wet(watched.street)
    watched.look(10)
    for shift in range(20):
        watched.street = Street()
        night(watched.street)
        wet(watched.street)
        x = 300 + 7 * shift
        watched.street.picture[160:260, x : x + 12] += 500
        watched.look(1)
    assert watched.events == []
    assert watched.scene.skipped == {}


def mirror_shops(street: Street) -> None:
    """Water at night: warm shop windows stand in it upside down; the segmenter sees a road."""
    high, wide = fine(POND)
    for x in range(wide.start, wide.stop, 18):
        street.picture[high, x : x + 9] = (30, 110, 200)
        street.picture[high, x + 9 : x + 18] = (40, 16, 8)


def test_a_pond_at_night_under_lamps_is_seen() -> None:
    """The night has a reference of its own; when it is too dark, nothing is said."""
    watched = camera()
    night(watched.street)
    watched.look(8)
    mirror_shops(watched.street)
    watched.look(15)
    assert watched.phases == ["opened"]
    watched.street.gain = np.full(3, 0.1)
    watched.look(30)
    assert watched.phases == ["opened"]
    assert watched.scene.skipped == {Doubt.NIGHT: 30}


def called_water(street: Street, part: Cells = POND) -> None:
    """The segmenter takes a part for water; nothing else about it has changed."""
    street.classes[part] = 3


@pytest.mark.parametrize(
    ("places", "picture", "phases"), [(True, 0.9, ["opened"]), (True, 0.1, []), (False, 0.9, []), (True, None, [])]
)
def test_at_night_places_and_the_whole_picture_must_agree(
    places: bool, picture: float | None, phases: list[str]
) -> None:
    """The segmenter's water alone may be a lamp in a wet road; a picture that looks flooded says not where."""
    watched = camera()
    night(watched.street)
    watched.street.flooded = None if picture is None else 0.1
    watched.look(8)
    watched.street.flooded = picture
    if places:
        called_water(watched.street)
    watched.look(15)
    assert watched.phases == phases


def test_a_place_that_always_looks_flooded_is_compared_with_itself() -> None:
    """A quay at night: the whole picture scores high on a dry day as well."""
    watched = camera()
    night(watched.street)
    watched.street.flooded = 0.9
    watched.look(8)
    called_water(watched.street)
    watched.look(15)
    assert watched.events == []


def test_by_day_a_doubtful_pond_is_believed_where_the_whole_picture_looks_flooded() -> None:
    """And a dry road is not, whatever is said of the whole picture."""

    def looked(picture: float, water: float) -> list[str]:
        watched = camera()
        watched.street = DoubtfulPond(water)
        watched.street.flooded = picture
        watched.look(15)
        return watched.phases

    def camera() -> GroundCamera:
        made = GroundCamera(
            Street(), scene="waterlogging", zones=[{"id": "zone", "polygon": ROAD}], learning=4, dwell=60
        )
        made.street.flooded = 0.05
        made.look(6)
        return made

    assert looked(0.05, 0.45) == []
    assert looked(0.95, 0.45) == ["opened"]
    assert looked(1.0, 0.0) == []


class DoubtfulPond(Street):
    """The segmenter gives water a part of the probability in the pond's place."""

    def __init__(self, water: float) -> None:
        super().__init__()
        self.water = water

    def ground(self) -> Segmentation:
        seen = super().ground()
        taken = seen.probabilities[2][POND] * self.water
        seen.probabilities[2][POND] -= taken
        seen.probabilities[3][POND] += taken
        return seen


def test_a_reference_of_before_the_whole_picture_was_scored_goes_on() -> None:
    """A gateway that is given a newer model keeps its dry reference and learns the score with the next look."""
    watched = camera()
    watched.restart()
    watched.street.flooded = 0.1
    watched.look(3)
    watched.street.flooded = 0.9
    flood(watched.street)
    watched.look(15)
    assert watched.phases == ["opened"]


def test_a_flood_is_no_part_of_the_houses_that_it_touches_outside_the_zone() -> None:
    """A van that stands in the zone takes its roof along; kerbs and houses about it hide nothing of the water."""
    zone, changed, houses = (np.zeros((40, 60), np.bool_) for _ in range(3))
    zone[10:30, 10:40] = True
    changed[12:28, 12:40] = True
    houses[5:35, 40:60] = True
    hidden = with_their_rest(houses, changed, grown(zone, 2))
    assert not (hidden & zone).any()
    van = np.zeros_like(zone)
    van[12:28, 12:24] = True
    assert (with_their_rest(van, changed & ~van, grown(zone, 2)) & zone).sum() == changed.sum()


def test_in_square_metres_it_files_at_a_hundred() -> None:
    """A third of a small share is enough if it is large; the uncertainty is told with it."""
    points = [{"at": [x, y], "metres": [50 * x, 50 * y]} for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    watched = camera(share=0.9)
    watched.calibration = parse_calibration("cam", {"points": points})
    flood(watched.street)
    watched.look(30)
    area = watched.events[0].measures[0]
    assert (area.name, area.unit, area.threshold) == ("area", "m2", 100.0)
    assert area.value == pytest.approx(0.3 * 0.25 * 2500, rel=0.25)
    assert area.uncertainty is not None
    assert area.uncertainty > 0
    assert watched.events[0].grade in {Grade.ORDINARY, Grade.SERIOUS}


def test_a_small_pond_in_square_metres_is_none() -> None:
    """Less than the share and less than the area."""
    points = [{"at": [x, y], "metres": [10 * x, 10 * y]} for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    watched = camera(share=0.9)
    watched.calibration = parse_calibration("cam", {"points": points})
    flood(watched.street)
    watched.look(30)
    assert watched.events == []


def test_a_restart_goes_on_with_the_dry_reference_and_the_open_event() -> None:
    """The water is not learnt as usual, and its event closes once."""
    watched = camera()
    flood(watched.street)
    watched.look(20)
    watched.restart()
    watched.look(10)
    watched.street = Street()
    watched.look(12)
    assert watched.phases == ["opened", "closed"]
    assert len({event.event_id for event in watched.events}) == 1


def test_the_second_look() -> None:
    """Water, no water, and too dark to say."""
    watched = camera()
    flood(watched.street)
    watched.look(20)
    assert watched.check().holds
    before = watched.scene.reference("zone")
    assert before is not None
    watched.street = Street()
    watched.look(12)
    assert not watched.check().holds
    watched.street.gain = np.full(3, 0.1)
    finding = watched.check()
    assert (finding.trusted, finding.reason) == (False, Doubt.NIGHT.value)
