"""Puts a segmenter's evaluation into the page's template, with the worst pictures."""

import base64
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from markupsafe import Markup, escape

from sharp_eyes.edge.evaluate.report.cells import compared, interval
from sharp_eyes.edge.evaluate.report.model import KINDS
from sharp_eyes.edge.evaluate.report.page import both, render
from sharp_eyes.edge.evaluate.segmenters.evaluation import SegmenterEvaluation, Shown
from sharp_eyes.edge.evaluate.segmenters.words import CLASSES, WORDS
from sharp_eyes.edge.frame import Picture

TILE = (240, 160)
"""Width and height of each of the three pictures of an example."""

COLOURS = np.array(
    [[60, 200, 60], [30, 110, 190], [190, 190, 190], [255, 110, 0], [120, 0, 120], [0, 190, 240], [90, 90, 220]],
    np.uint8,
)
"""BGR by class number; an eighth begins again. The bundled model's: vegetation, soil, paved, water, other."""


def page_of(outcome: SegmenterEvaluation) -> str:
    """The whole page as HTML."""
    report = outcome.report
    classes = {model.name: model.classes for model in report.models}
    return render(
        "sharp_eyes.edge.evaluate.segmenters",
        "segmenter.html.j2",
        WORDS,
        report=report,
        class_name=class_name,
        compared=compared,
        interval=interval,
        colour=colour,
        classes=classes,
        sections=[
            {"kind": kind, "tables": own}
            for kind in KINDS
            if (own := [table for table in report.tables if table.kind == kind])
        ],
        sheets=_sheets(outcome, classes),
    )


def class_name(name: str) -> Markup:
    """A class's name in both languages."""
    return both(name, CLASSES[name]) if name in CLASSES else escape(name)


def colour(number: int) -> str:
    """Colour of a class, as the page writes it."""
    blue, green, red = (int(value) for value in COLOURS[number % len(COLOURS)])
    return f"#{red:02x}{green:02x}{blue:02x}"


def _sheets(outcome: SegmenterEvaluation, classes: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "model": model,
            "source": source,
            "names": classes[model],
            "tiles": [{"name": one.name, "wrong": one.wrong, "jpeg": Markup(drawn(one))} for one in shown],
        }
        for (model, source), shown in outcome.worst.items()
        if shown
    ]


def drawn(shown: Shown) -> str:
    """Picture, expected classes (coarse and unknown ones black) and given ones, side by side: base64 text of a JPEG."""
    expected = np.zeros_like(shown.picture)
    for number in range(8):
        expected[shown.expected == 1 << number] = COLOURS[number % len(COLOURS)]
    given = COLOURS[shown.given % len(COLOURS)]
    parts: Sequence[Picture] = (
        shown.picture,
        np.asarray(cv2.addWeighted(shown.picture, 0.35, expected, 0.65, 0), np.uint8),
        np.asarray(cv2.addWeighted(shown.picture, 0.35, given, 0.65, 0), np.uint8),
    )
    sheet = np.hstack([cv2.resize(part, TILE, interpolation=cv2.INTER_AREA) for part in parts])
    done, jpeg = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return base64.b64encode(jpeg.tobytes()).decode("ascii") if done else ""
