"""Positions and their datum: published ones are met, each comes back, and what is none is refused."""

import pytest

from sharp_eyes.hub.areas.datum import AnyDatum, Point, checked, from_wgs84, metres_between, to_wgs84

PUBLISHED: list[tuple[AnyDatum, Point, AnyDatum, Point]] = [
    # Of eviltransform's tests, as many libraries repeat them: Shanghai, Shenzhen, Beijing.
    ("wgs84", (121.5272106, 31.1774276), "gcj02", (121.531541859215, 31.17530398364597)),
    ("wgs84", (113.912316, 22.543847), "gcj02", (113.9171764808363, 22.540796131694766)),
    ("wgs84", (116.377817, 39.911954), "gcj02", (116.38404722455657, 39.91334545536069)),
    # Of coordtransform's.
    ("wgs84", (116.404, 39.915), "gcj02", (116.41024449916938, 39.91640428150164)),
    ("gcj02", (116.404, 39.915), "bd09", (116.41036949371029, 39.92133699351021)),
]


def converted(point: Point, start: AnyDatum, end: AnyDatum) -> Point:
    return from_wgs84(to_wgs84(point, start), end)


@pytest.mark.parametrize(("start", "point", "end", "wanted"), PUBLISHED)
def test_published_positions_are_met_both_ways(start: AnyDatum, point: Point, end: AnyDatum, wanted: Point) -> None:
    """Within a decimetre."""
    assert metres_between(converted(point, start, end), wanted) < 0.1
    assert metres_between(converted(wanted, end, start), point) < 0.1


def test_every_datum_comes_back_and_nothing_is_shifted_abroad() -> None:
    """Over all of China; the shift ends at its rectangle."""
    for longitude in range(75, 135, 6):
        for latitude in range(4, 54, 5):
            for datum in ("gcj02", "bd09"):
                there = from_wgs84((longitude, latitude), datum)
                assert metres_between(to_wgs84(there, datum), (longitude, latitude)) < 0.1
                assert metres_between(there, (longitude, latitude)) > 50
    for abroad in ((-0.12, 51.5), (139.7, 35.7), (151.2, -33.9)):
        assert {from_wgs84(abroad, one) for one in ("wgs84", "gcj02", "bd09")} == {abroad}


def test_what_is_no_position_is_refused_in_words() -> None:
    """And where it looks swapped, that is said."""
    with pytest.raises(ValueError, match=r"longitude 29\.6, latitude 120\.5 .*swapped, longitude comes first"):
        checked(29.6, 120.5)
    with pytest.raises(ValueError, match=r"^((?!swapped).)*$"):
        checked(200, 29.6)
    assert checked(-180, 90) == (-180, 90)
