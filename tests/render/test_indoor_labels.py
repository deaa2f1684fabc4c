"""Labels of the indoor pictures follow the lens, the picture's edge and the city detector's classes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from scripts.render.camera import Camera
from scripts.render.indoor import yolo

SIZE = (640, 384)


def corners() -> yolo.Array:
    """The four corners of a picture."""
    return np.array([[0, 0], [SIZE[0], 0], [SIZE[0], SIZE[1]], [0, SIZE[1]]], dtype=np.float64)


@pytest.mark.parametrize("strength", [0.05, 0.2, 0.4])
def test_distortion_and_its_inverse_agree(strength: float) -> None:
    points = np.random.default_rng(3).uniform((0, 0), SIZE, (200, 2))
    assert np.allclose(yolo.straight(yolo.distorted(points, SIZE, strength), SIZE, strength), points, atol=1e-6)


def test_corners_and_the_middle_stay_where_they_are() -> None:
    points = np.vstack([corners(), [[320, 192]]])
    assert np.allclose(yolo.distorted(points, SIZE, 0.3), points, atol=1e-6)


def test_barrel_pushes_things_outwards_from_the_middle() -> None:
    bent = yolo.distorted(np.array([[480.0, 192.0]]), SIZE, 0.3)
    assert 480 < bent[0, 0] < 560
    assert bent[0, 1] == pytest.approx(192)


def test_a_bent_picture_shows_a_mark_where_its_bent_box_is() -> None:
    picture = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    picture[60:100, 470:530] = 255
    bent = cv2.remap(picture, *yolo.bend_map(SIZE, 0.35), cv2.INTER_LINEAR)
    rows, columns = np.nonzero(bent > 127)
    edge = np.array([(x, y) for x in np.linspace(470, 530, 30) for y in (60, 100)])
    sides = np.array([(x, y) for y in np.linspace(60, 100, 30) for x in (470, 530)])
    box = yolo.tight_box(yolo.distorted(np.vstack([edge, sides]).astype(np.float64), SIZE, 0.35), SIZE)
    assert box is not None
    assert box == pytest.approx((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), abs=1.1)
    assert abs(box[0] - 470) > 5  # the straight box would be wrong


def test_boxes_are_clipped_to_the_picture_and_dropped_outside_it() -> None:
    half_out = np.array([[-50.0, 100.0], [60.0, 500.0]])
    assert yolo.tight_box(half_out, SIZE) == (0.0, 100.0, 60.0, 384.0)
    assert yolo.tight_box(half_out - np.array([200.0, 0.0]), SIZE) is None
    assert yolo.tight_box(np.zeros((0, 2)), SIZE) is None


def test_box_of_a_cylinder_before_the_camera_has_its_size() -> None:
    camera = Camera((0.0, 0.0, 1.0), 0.0, 0.0, 90.0, *SIZE)
    turns = np.linspace(0, 2 * np.pi, 400)
    ring = np.stack([0.2 * np.cos(turns), 4 + 0.2 * np.sin(turns)], axis=1)
    points = np.vstack([np.column_stack([ring, np.full(400, z)]) for z in (0.0, 1.0)])
    pixels, _depth = camera.project(points)
    box = yolo.tight_box(pixels, SIZE)
    assert box is not None
    tangent = 320 * 0.2 / np.sqrt(4**2 - 0.2**2)  # a line of sight that touches the side
    assert box[2] - box[0] == pytest.approx(2 * tangent, abs=0.1)
    assert box[1] == pytest.approx(192)


def test_lines_use_the_city_detectors_numbers() -> None:
    assert yolo.line("gas_cylinder", (64, 38.4, 128, 76.8), SIZE) == "9 0.15000 0.15000 0.10000 0.10000"
    assert yolo.CLASSES.index("ebike") == 2
    assert yolo.CLASSES.index("fallen_person") == 12
    with pytest.raises(ValueError, match="pram: not a class"):
        yolo.line("pram", (0, 0, 10, 10), SIZE)


def test_share_inside_counts_points_in_the_picture() -> None:
    assert yolo.share_inside(np.array([[10.0, 10.0], [-1.0, 10.0], [10.0, 384.0], [639.0, 383.0]]), SIZE) == 0.5
    assert yolo.share_inside(np.zeros((0, 2)), SIZE) == 0.0


def test_what_drowns_in_darkness_is_not_legible() -> None:
    random = np.random.default_rng(1)
    dark = random.normal(9, 3, (SIZE[1], SIZE[0], 3)).clip(0, 255).astype(np.uint8)
    assert not yolo.legible(dark, (100, 100, 160, 180))
    dark[120:160, 110:150] = 40
    assert yolo.legible(dark, (100, 100, 160, 180))
    assert not yolo.legible(dark, (300, 200, 300.2, 200.3))


def test_index_is_read_back_as_written(tmp_path: Path) -> None:
    rows = [("lift_3_0.jpg", 3, "indoor_3", "lift"), ("lift_3_1.jpg", 3, "indoor_3", "lift")]
    yolo.write_index(tmp_path / "index.csv", rows)
    assert yolo.read_index(tmp_path / "index.csv") == rows
    assert yolo.read_index(tmp_path / "none.csv") == []
