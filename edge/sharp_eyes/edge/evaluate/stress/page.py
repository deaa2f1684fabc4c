"""Puts a stress run into the page's template."""

from typing import Any

from markupsafe import Markup

from sharp_eyes.edge.evaluate.events.page import scene_name
from sharp_eyes.edge.evaluate.report.model import KINDS, FootageKind
from sharp_eyes.edge.evaluate.report.page import render
from sharp_eyes.edge.evaluate.stress.evaluation import StressEvaluation
from sharp_eyes.edge.evaluate.stress.terminal import between, rate
from sharp_eyes.edge.evaluate.stress.words import WORDS

MOST_SHOWN = 100
"""Pictures of each scene; the JSON holds all alarms."""


def page_of(outcome: StressEvaluation) -> str:
    """The whole page as HTML."""
    report = outcome.report
    return render(
        "sharp_eyes.edge.evaluate.stress",
        "stress.html.j2",
        WORDS,
        report=report,
        scene_name=scene_name,
        rate=rate,
        between=between,
        sections=[_section(outcome, kind) for kind in KINDS if any(row.kind == kind for row in report.rows)],
    )


def _section(outcome: StressEvaluation, kind: FootageKind) -> dict[str, Any]:
    report = outcome.report
    pairs = [pair for pair in zip(report.alarms, outcome.pictures, strict=True) if pair[0].kind == kind]
    sheets = []
    for scene in dict.fromkeys(note.scene for note, _ in pairs):
        own = sorted((pair for pair in pairs if pair[0].scene == scene), key=lambda pair: pair[0].repeat)
        tiles = [{"note": note, "jpeg": Markup(jpeg)} for note, jpeg in own[:MOST_SHOWN]]
        sheets.append({"scene": scene, "count": len(own), "tiles": tiles, "left": len(own) - len(tiles)})
    return {
        "kind": kind,
        "rows": [row for row in report.rows if row.kind == kind],
        "clips": [clip for clip in report.clips if clip.kind == kind],
        "sheets": sheets,
    }
