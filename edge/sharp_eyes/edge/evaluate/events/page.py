"""Puts a judgement into the page's template."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluation
from sharp_eyes.edge.evaluate.events.pictures import Shown, pictures_of
from sharp_eyes.edge.evaluate.events.remarks import in_both_languages
from sharp_eyes.edge.evaluate.events.schema import CaseNote, FigureRow, RemarkNote
from sharp_eyes.edge.evaluate.events.terminal import spread
from sharp_eyes.edge.evaluate.events.timeline import timeline
from sharp_eyes.edge.evaluate.events.words import SCENES, WORDS
from sharp_eyes.edge.evaluate.report.cells import interval
from sharp_eyes.edge.evaluate.report.charts import colour_of
from sharp_eyes.edge.evaluate.report.model import KINDS
from sharp_eyes.edge.evaluate.report.page import both, compared_cell, render

MOST_SHOWN = 60
"""Pictures of each verdict; the JSON holds all cases."""

VERDICTS = ("miss", "false_alarm", "duplicate", "hit")


def page_of(outcome: EventEvaluation) -> str:
    """The whole page as HTML; clips are decoded once more for its pictures.

    Raises:
        SourceError: a clip cannot be read any more.
    """
    report = outcome.report
    return render(
        "sharp_eyes.edge.evaluate.events",
        "events.html.j2",
        WORDS,
        report=report,
        several=len(report.variants) > 1,
        scene_name=scene_name,
        compared=compared_cell,
        interval=interval,
        spread=spread,
        remark=remark_words,
        colour=colour_of,
        sections=[section for kind in KINDS if (section := _section(outcome, kind))["clips"]],
    )


def scene_name(name: str | None) -> Markup:
    """A scene's name in both languages; all of them where None."""
    if name is None:
        return both(*WORDS["all"])
    return both(*SCENES[name]) if name in SCENES else escape(name)


def remark_words(remark: RemarkNote) -> Markup:
    """What limits a clip, in both languages."""
    return both(*in_both_languages(remark))


def _section(outcome: EventEvaluation, kind: str) -> dict[str, Any]:
    """Everything on one kind of clips."""
    rows = [row for row in outcome.report.rows if row.kind == kind]
    return {
        "kind": kind,
        "rows": _by_scene(rows, [variant.name for variant in outcome.report.variants]),
        "clips": [clip for clip in outcome.report.clips if clip.kind == kind],
        "sheets": _sheets(outcome, kind),
        "timelines": [
            {"name": clip.name, "title": both(clip.title.en or clip.name, clip.title.zh or clip.name), "svg": svg}
            for clip, svg in _timelines(outcome, kind)
        ],
    }


def _by_scene(rows: Sequence[FigureRow], variants: Sequence[str]) -> list[dict[str, Any]]:
    """One entry a scene, with the figures of each variant and of the first to compare with."""
    found = []
    for scene in dict.fromkeys(row.scene for row in rows):
        own = [row for row in rows if row.scene == scene]
        found.append(
            {
                "scene": scene,
                "variants": [
                    {
                        "name": row.variant,
                        "number": variants.index(row.variant),
                        "own": row.figures,
                        "first": own[0].figures if number else None,
                    }
                    for number, row in enumerate(own)
                ],
            }
        )
    return found


def _sheets(outcome: EventEvaluation, kind: str) -> list[dict[str, Any]]:
    """The pictures, verdict by verdict; hits of the first variant only, for they are mostly the same."""
    first = outcome.report.variants[0].name
    pairs = [
        (note, Shown(one.clip, case))
        for note, one, case in _cases(outcome)
        if note.kind == kind and (note.verdict != "hit" or note.variant == first)
    ]
    sheets = []
    for verdict in VERDICTS:
        own = [pair for pair in pairs if pair[0].verdict == verdict]
        pictures = pictures_of([shown for _, shown in own[:MOST_SHOWN]])
        tiles = [{"note": own[number][0], "jpeg": Markup(jpeg)} for number, jpeg in sorted(pictures.items())]
        sheets.append({"verdict": verdict, "count": len(own), "tiles": tiles, "left": len(own) - len(tiles)})
    return sheets


def _cases(outcome: EventEvaluation) -> list[tuple[CaseNote, Any, Any]]:
    """Each case as the report has it, with what it was made from: both go variant by variant, clip by clip."""
    sources = [(one, case) for ones in outcome.judged.values() for one in ones for case in one.cases]
    return [(note, one, case) for note, (one, case) in zip(outcome.report.cases, sources, strict=True)]


def _timelines(outcome: EventEvaluation, kind: str) -> list[tuple[Any, Markup]]:
    found = []
    for number, clip in enumerate(outcome.suite.clips):
        if clip.kind == kind:
            found.append((clip, timeline([ones[number] for ones in outcome.judged.values()])))
    return found
