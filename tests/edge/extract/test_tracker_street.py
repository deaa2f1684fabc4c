"""The tracker on the rendered street: its true boxes, jittered and missed, at several rates."""

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sharp_eyes.edge.extract.tracker import Tracker
from sharp_eyes.edge.frame import Detections

TRUTH = Path(__file__).resolve().parents[3] / "media" / "street.json"
MISSED = 0.1
JITTER = 0.03
LEAST_VISIBLE = 0.3
SEEDS = 4


@dataclass
class Changes:
    """How often, on average over the seeds, identities changed.

    Attributes:
        split: an object went on under another id.
        mixed: an id went on with another object.
        standing: splits of objects that stand: parked cars and the one that parks where it must not.
    """

    split: float = 0.0
    mixed: float = 0.0
    standing: float = 0.0


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    if not TRUTH.exists():
        pytest.skip(f"needs {TRUTH.name}, which scripts/render makes")
    content: dict[str, Any] = json.loads(TRUTH.read_text(encoding="utf-8"))
    return content


def observe(truth: dict[str, Any], rate: float, seed: int) -> list[tuple[int, int]]:
    """Return object and track id of every observation."""
    source, noise = random.Random(seed), np.random.default_rng(seed)
    names = tuple(sorted({item["class"] for item in truth["objects"]}))
    kind = {item["id"]: names.index(item["class"]) for item in truth["objects"]}
    tracker = Tracker()
    pairs = []
    for frame in truth["frames"][:: round(truth["fps"] / rate)]:
        visible = [item for item in frame["boxes"] if item["visible"] > LEAST_VISIBLE]
        shown = [item for item in visible if source.random() >= MISSED]
        boxes = np.array([item["box"] for item in shown], np.float32).reshape(-1, 4)
        sizes = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
        boxes = (boxes + sizes * noise.uniform(-JITTER, JITTER, boxes.shape)).astype(np.float32)
        kinds = np.array([kind[item["object"]] for item in shown], np.int32)
        found = Detections(boxes, np.full(len(shown), 0.8, np.float32), kinds, names)
        seen = tracker.update(frame["time"], found, truth["width"], truth["height"])
        ids = {track.box: track.id for track in seen.items}
        keys = [(x1, y1, x2, y2) for x1, y1, x2, y2 in boxes.tolist()]
        pairs += [(item["object"], ids[key]) for item, key in zip(shown, keys, strict=True) if key in ids]
    return pairs


def changes(truth: dict[str, Any], rate: float) -> Changes:
    role = {item["id"]: item["role"] for item in truth["objects"]}
    total = Changes()
    for seed in range(SEEDS):
        by_object, by_track = defaultdict(list), defaultdict(list)
        for thing, track in observe(truth, rate, seed):
            by_object[thing].append(track)
            by_track[track].append(thing)
        splits = {thing: sum(a != b for a, b in pairwise(ids)) for thing, ids in by_object.items()}
        total.split += sum(splits.values()) / SEEDS
        total.mixed += sum(a != b for things in by_track.values() for a, b in pairwise(things)) / SEEDS
        standing = (number for thing, number in splits.items() if role[thing] in ("parked", "offender"))
        total.standing += sum(standing) / SEEDS
    return total


@pytest.mark.parametrize(
    ("rate", "split", "mixed", "standing"),
    [(8.0, 3, 3, 0), (4.0, 9, 4, 0), (2.0, 11, 6, 0.5), (1.0, 24, 16, 2)],
)
def test_identities_on_the_street(
    truth: dict[str, Any], rate: float, split: float, mixed: float, standing: float
) -> None:
    """With a tenth of the boxes missed, standing cars keep their ids, and traffic mostly does."""
    found = changes(truth, rate)
    assert found.standing <= standing, found
    assert found.split <= split, found
    assert found.mixed <= mixed, found
