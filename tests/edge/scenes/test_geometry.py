"""Zones: anchors, polygons, lines and coverage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.edge import polygons
from sharp_eyes.edge.scenes import geometry
from sharp_eyes.edge.scenes.anchor import Anchor, anchor_point

SQUARE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
share = st.floats(0, 1)
far = st.floats(-3, 4)


@given(x=far, y=far)
def test_a_point_is_in_a_square_exactly_when_its_coordinates_are(x: float, y: float) -> None:
    """The ray casting agrees with plain comparison away from the edges."""
    on_edge = any(abs(value - edge) < 1e-9 for value in (x, y) for edge in (0.2, 0.8))
    if not on_edge:
        assert geometry.contains(SQUARE, (x, y)) == (0.2 < x < 0.8 and 0.2 < y < 0.8)


@given(x1=far, y1=far, width=st.floats(0.01, 2), height=st.floats(0.01, 2))
def test_the_anchor_is_taken_before_clipping(x1: float, y1: float, width: float, height: float) -> None:
    """A box whose bottom centre lies outside the picture is in no zone, though its clipped part may be."""
    box = (x1, y1, x1 + width, y1 + height)
    anchor = anchor_point(box, Anchor.BOTTOM_CENTRE)
    outside = not (0 <= anchor[0] <= 1 and 0 <= anchor[1] <= 1)
    if outside:
        assert not geometry.contains(EVERYWHERE, anchor)


def test_a_box_that_hangs_out_of_the_picture_is_not_moved_in_by_clipping() -> None:
    """The classic fault: after clipping, the bottom centre of this box would lie on the picture's edge."""
    box = (0.4, 0.7, 0.6, 1.4)
    assert not geometry.contains(EVERYWHERE, anchor_point(box, Anchor.BOTTOM_CENTRE))
    inside = anchor_point(geometry.clipped(box), Anchor.CENTRE)
    assert geometry.contains(EVERYWHERE, inside)


@given(points=st.lists(st.tuples(share, share), min_size=3, max_size=8), shift=st.integers(0, 7))
def test_area_and_membership_do_not_depend_on_where_the_polygon_starts(
    points: list[tuple[float, float]], shift: int
) -> None:
    """Rotating the list of corners, or turning it round, changes nothing."""
    turned = points[shift % len(points) :] + points[: shift % len(points)]
    assert polygons.area(turned) == pytest.approx(polygons.area(points))
    assert polygons.area(points[::-1]) == pytest.approx(polygons.area(points))
    for probe in ((0.31, 0.47), (0.77, 0.11)):
        assert geometry.contains(turned, probe) == geometry.contains(points, probe)


def test_a_bow_tie_crosses_itself() -> None:
    """Corners in the wrong order are noticed."""
    assert polygons.crosses_itself(((0, 0), (1, 1), (1, 0), (0, 1)))
    assert not polygons.crosses_itself(SQUARE)


@given(cut=share)
def test_coverage_counts_overlapping_boxes_once(cut: float) -> None:
    """Covered twice is covered once, and half a zone is half."""
    half = (0.0, 0.0, cut, 1.0)
    once = geometry.covered_share(EVERYWHERE, [half])
    assert geometry.covered_share(EVERYWHERE, [half, half]) == once
    assert once == pytest.approx(cut, abs=0.01)


def test_sides_of_a_line() -> None:
    """Walking up the picture, a larger x is to the right."""
    start, end = (0.5, 1.0), (0.5, 0.0)
    assert polygons.side(start, end, (0.9, 0.5)) > 0
    assert polygons.side(start, end, (0.1, 0.5)) < 0
