"""Metres from four ground points, or from a known length; and what is said of wrong input."""

from math import cos, radians, sin, tan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.frame import coverage
from sharp_eyes.edge.scenes.calibration import Calibration, parse_calibration

ASPECT = 16 / 9
SQUARE = [(-3.0, 8.0), (3.0, 8.0), (3.0, 16.0), (-3.0, 16.0)]


def seen(x: float, y: float, height: float = 6.0, tilt: float = 25.0, view: float = 60.0) -> list[float]:
    """Where a pinhole camera without roll sees the ground point x m to the right and y m ahead."""
    focal = ASPECT / 2 / tan(radians(view) / 2)
    down, ahead = sin(radians(tilt)), cos(radians(tilt))
    depth = y * ahead + height * down
    return [0.5 + focal * x / depth / ASPECT, 0.5 + focal * (height * ahead - y * down) / depth]


def by_points(ground: list[tuple[float, float]], **changes: Any) -> Calibration:
    made = parse_calibration("c", {"points": [{"at": seen(*p), "metres": list(p)} for p in ground], **changes})
    assert made is not None
    return made


@settings(max_examples=30, deadline=None)
@given(height=st.floats(3, 12), tilt=st.floats(20, 45), view=st.floats(50, 80), x=st.floats(-1, 1), y=st.floats(9, 14))
def test_four_points_give_every_distance_and_area(height: float, tilt: float, view: float, x: float, y: float) -> None:
    """Whatever the camera, as long as the points are in its picture."""
    corners = [seen(*point, height, tilt, view) for point in SQUARE]
    if not all(0 < value < 1 for corner in corners for value in corner):
        return
    raw = {"points": [{"at": at, "metres": list(place)} for at, place in zip(corners, SQUARE, strict=True)]}
    made = parse_calibration("c", raw)
    assert made is not None
    a, b = seen(x, y, height, tilt, view), seen(x + 1, y + 1, height, tilt, view)
    assert made.metres((a[0], a[1]), (b[0], b[1])).value == pytest.approx(2**0.5, rel=1e-6)
    assert made.square_metres([(at[0], at[1]) for at in corners]).value == pytest.approx(48.0, rel=1e-6)


def test_a_mask_is_measured_by_the_local_scale() -> None:
    """Two strips of the same size on the ground differ by far in the picture, and not in square metres."""
    made = by_points(SQUARE)
    areas, cells = [], []
    for y in (9.0, 14.0):
        strip = [(-2.0, y), (2.0, y), (2.0, y + 1.5), (-2.0, y + 1.5)]
        weights = coverage([(at[0], at[1]) for at in (seen(*p) for p in strip)], 72, 128)
        areas.append(made.area_of(weights).value)
        cells.append(float(weights.sum()))
    assert areas == pytest.approx([6.0, 6.0], rel=0.02)
    assert cells[0] > 1.5 * cells[1]


def test_the_uncertainty_is_that_of_repeated_marking() -> None:
    """The propagated standard deviation agrees with that of many markings with random errors."""
    random = np.random.default_rng(3)
    corners = np.array([seen(*point) for point in SQUARE])
    patch = [(at[0], at[1]) for at in (seen(*p) for p in [(-1.0, 9.0), (2.0, 9.0), (2.0, 15.0), (-1.0, 15.0)])]
    found = []
    for _ in range(300):
        moved, places = corners + random.normal(0, 0.003, (4, 2)), SQUARE + random.normal(0, 0.05, (4, 2))
        raw = {"points": [{"at": a.tolist(), "metres": p.tolist()} for a, p in zip(moved, places, strict=True)]}
        made = parse_calibration("c", raw)
        assert made is not None
        found.append(made.square_metres(patch).value)
    assert by_points(SQUARE).square_metres(patch).uncertainty == pytest.approx(np.std(found), rel=0.2)


def test_bad_marking_shows_in_the_residuals() -> None:
    """With more than four points the error is what they disagree by, if that is more than the stated one."""
    ground = [*SQUARE, (0.0, 10.0), (-1.5, 13.0), (2.0, 14.5)]
    exact = by_points(ground)
    points = [{"at": seen(*p), "metres": list(p)} for p in ground]
    for number, point in enumerate(points):
        point["at"] = [point["at"][0] + 0.012 * (-1) ** number, point["at"][1]]
    sloppy = parse_calibration("c", {"points": points})
    assert sloppy is not None
    patch = [(at[0], at[1]) for at in (seen(*p) for p in SQUARE)]
    assert sloppy.square_metres(patch).uncertainty > 1.5 * exact.square_metres(patch).uncertainty


def test_a_known_length_gives_the_tilt() -> None:
    """With height and field of view, one length across or along the street is enough; the error is larger."""
    patch = [(at[0], at[1]) for at in (seen(*p) for p in SQUARE)]
    for ends in (((-2.0, 10.0), (2.0, 10.0)), ((0.0, 9.0), (0.5, 15.0))):
        true = float(np.hypot(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]))
        length = {"start": seen(*ends[0]), "end": seen(*ends[1]), "metres": true}
        made = parse_calibration("c", {"length": length, "height": 6.0, "field_of_view": 60.0})
        assert made is not None
        area = made.square_metres(patch)
        assert area.value == pytest.approx(48.0, rel=0.02)
        assert area.uncertainty > by_points(SQUARE).square_metres(patch).uncertainty


def test_there_are_no_metres_above_the_horizon() -> None:
    """A zone that reaches into the sky is refused, not measured."""
    flat = [{"at": seen(*p, tilt=8.0), "metres": list(p)} for p in [(-3, 14), (3, 14), (3, 22), (-3, 22)]]
    made = parse_calibration("c", {"points": flat})
    assert made is not None
    sky = [(0.2, 0.0), (0.8, 0.0), (0.8, 0.9), (0.2, 0.9)]
    assert not made.sees(sky)
    with pytest.raises(ValueError, match="horizon"):
        made.area_of(coverage(sky, 36, 64))


def test_without_a_calibration_there_is_none() -> None:
    """The key is optional."""
    assert parse_calibration("c", None) is None


def four(**changes: Any) -> dict[str, Any]:
    return {"points": [{"at": seen(*p), "metres": list(p)} for p in SQUARE], **changes}


LINE = [{"at": [0.1 * i, 0.2 + 0.1 * i], "metres": [i * 1.0, i * i * 1.0]} for i in range(1, 6)]
LENGTH = {"start": [0.4, 0.6], "end": [0.6, 0.6], "metres": 4.0}
SWAPPED = [{"at": seen(*SQUARE[i]), "metres": list(SQUARE[j])} for i, j in enumerate((1, 0, 2, 3))]
FAR_OFF = [*four()["points"], {"at": [0.1, 0.9], "metres": [0.0, 10.0]}]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({}, "give either 'points'"),
        ({**four(), "length": LENGTH}, "give either 'points'"),
        ({"points": four()["points"][:3]}, "at least 4 are needed, 3 given"),
        ({"points": [*four()["points"], four()["points"][0]]}, "points 0 and 4 are the same"),
        ({"points": LINE}, "in the picture they lie"),
        ({"points": [{"at": seen(*p), "metres": [i, i]} for i, p in enumerate(SQUARE)]}, "in metres they lie"),
        ({"points": SWAPPED}, "swapped"),
        ({"points": FAR_OFF}, "points.4 lies"),
        ({"points": [{"at": [1.4, 0.2], "metres": [0, 0]}]}, "points.0.at.0"),
        ({"length": LENGTH}, "give 'height' and 'field_of_view'"),
        ({"length": {**LENGTH, "metres": 900.0}, "height": 6, "field_of_view": 60}, "no tilt"),
        ({**four(), "pixel": 3}, "unknown key"),
    ],
)
def test_wrong_input_is_named(raw: dict[str, Any], message: str) -> None:
    """The message says which camera, which key and what to do."""
    with pytest.raises(ConfigError, match=f"(?s)camera cam-7, calibration.*{message}"):
        parse_calibration("cam-7", raw)
