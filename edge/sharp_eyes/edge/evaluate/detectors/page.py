"""Puts a report into the page's template."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from sharp_eyes.edge.evaluate.detectors.confusion import BACKGROUND
from sharp_eyes.edge.evaluate.detectors.evaluation import DetectorEvaluation
from sharp_eyes.edge.evaluate.detectors.examples import Example, drawn
from sharp_eyes.edge.evaluate.detectors.metrics import HEIGHTS
from sharp_eyes.edge.evaluate.detectors.schema import ClassMetrics, ClassTable, DetectorReport
from sharp_eyes.edge.evaluate.detectors.terminal import ALLOWED, shortened
from sharp_eyes.edge.evaluate.detectors.words import CLASSES, NOT_JUDGED, WORDS
from sharp_eyes.edge.evaluate.report import charts
from sharp_eyes.edge.evaluate.report.cells import interval
from sharp_eyes.edge.evaluate.report.model import KINDS
from sharp_eyes.edge.evaluate.report.page import both, compared_cell, render

FEW = 50
"""Objects below which a figure is marked as resting on few."""


def page_of(outcome: DetectorEvaluation, step: float) -> str:
    """The whole page as HTML.

    Args:
        outcome: the report, and the mistakes to show.
        step: seconds between two looks at a clip, as it was measured.
    """
    return render(
        "sharp_eyes.edge.evaluate.detectors",
        "report.html.j2",
        WORDS,
        report=outcome.report,
        shortened=shortened,
        class_name=class_name,
        why_not_judged=why_not_judged,
        compared=compared_cell,
        interval=interval,
        few=FEW,
        heights=HEIGHTS,
        allowed=ALLOWED,
        sections=[_section(outcome.report, kind) for kind in KINDS],
        sheets=_sheets(outcome, step),
        colour=charts.colour_of,
        whisker=lambda *given: Markup(charts.whisker(*given)),
    )


def class_name(name: str) -> Markup:
    """A class's name in both languages."""
    if name == BACKGROUND:
        return both(*WORDS["background"])
    return both(name, CLASSES[name]) if name in CLASSES else escape(name)


def why_not_judged(reason: str) -> Markup:
    """Why nothing could be judged on a source, in both languages."""
    return both(*NOT_JUDGED[reason])


def _section(report: DetectorReport, kind: str) -> dict[str, Any]:
    """Everything on one kind of pictures: all sources together, then each alone."""
    tables = [table for table in report.tables if table.kind == kind]
    names = list(dict.fromkeys(table.source for table in tables))
    together = [table for table in tables if table.source is None]
    single = [[table for table in tables if table.source == name] for name in names if name is not None]
    return {
        "kind": kind,
        "together": _rows(together),
        "tables": together,
        "sources": [{"name": own[0].source, "rows": _rows(own), "tables": own} for own in single]
        if len(single) > 1
        else [],
        "curves": _curves(together),
        "reliability": _reliability(together),
        "confusions": [_confusion(table) for table in together if table.confusion.columns[:-1]],
    }


def _rows(tables: Sequence[ClassTable]) -> list[dict[str, Any]]:
    """One row a class and model."""
    names = dict.fromkeys(name for table in tables for name in table.classes)
    return [
        {
            "name": name,
            "models": [
                {
                    "model": table.model,
                    "number": number,
                    "made": table.classes.get(name),
                    "first": tables[0].classes.get(name) if number else None,
                }
                for number, table in enumerate(tables)
            ],
        }
        for name in names
    ]


def _curves(tables: Sequence[ClassTable]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for table in tables for name, made in table.classes.items() if made.objects)
    axes = str(_svg_word("recall")), str(_svg_word("precision"))
    made = []
    for name in names:
        lines = [
            charts.ChartLine(charts.colour_of(number), table.classes[name].curve, _at(table.classes[name]))
            for number, table in enumerate(tables)
            if name in table.classes
        ]
        made.append({"name": name, "svg": Markup(charts.curve(lines, axes))})
    return made


def _reliability(tables: Sequence[ClassTable]) -> list[dict[str, Any]]:
    """One diagram a class of which anything was found and something is there."""
    axes = str(_svg_word("score")), str(_svg_word("precision"))
    made = []
    for name in dict.fromkeys(name for table in tables for name, own in table.classes.items() if own.objects):
        lines, errors = [], []
        for number, table in enumerate(tables):
            found = table.classes[name].calibration if name in table.classes else None
            if found is not None:
                points = [
                    charts.ReliabilityPoint(one.mean_score, one.precision, one.interval, one.detections)
                    for one in found.bins
                ]
                lines.append((charts.colour_of(number), points))
                errors.append({"number": number, "error": found.expected_error, "counted": found.counted})
        if lines:
            made.append({"name": name, "svg": Markup(charts.reliability(lines, axes)), "errors": errors})
    return made


def _svg_word(key: str) -> Markup:
    english, chinese = WORDS[key]
    return Markup('<tspan lang="en">{}</tspan><tspan lang="zh">{}</tspan>').format(english, chinese)


def _at(figures: ClassMetrics) -> tuple[float, float] | None:
    if figures.recall is None or figures.precision is None:
        return None
    return figures.recall, figures.precision


def _confusion(table: ClassTable) -> dict[str, Any]:
    """The matrix; classes that the model lacks only where they are taken for one that it has."""
    made = table.confusion
    rows, quiet = [], 0
    for name, counts in zip(made.rows, made.counts, strict=True):
        foreign = name in made.foreign
        if foreign and not sum(counts[:-1]):
            quiet += 1
            continue
        total = sum(counts)
        cells = [
            {
                "count": count,
                "share": count / total if total else 0.0,
                "right": column == (BACKGROUND if foreign else name),
            }
            for column, count in zip(made.columns, counts, strict=True)
        ]
        rows.append({"name": name, "foreign": foreign, "cells": cells})
    return {"model": table.model, "columns": made.columns, "rows": rows, "quiet": quiet}


def _sheets(outcome: DetectorEvaluation, step: float) -> list[dict[str, Any]]:
    """Examples by model, kind and class, each with its picture."""
    sheets: list[dict[str, Any]] = []
    for model, examples in outcome.examples.items():
        pictures = drawn(examples, step)
        groups: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
        for index, example in enumerate(examples):
            if index in pictures:
                group = groups.setdefault((example.kind, example.class_name), {"miss": [], "false_alarm": []})
                group[example.sort].append(_tile(example, pictures[index]))
        sheets.extend(
            {"model": model, "kind": kind, "name": name, "sorts": sorts} for (kind, name), sorts in groups.items()
        )
    return sheets


def _tile(example: Example, jpeg: str) -> dict[str, Any]:
    return {
        "jpeg": Markup(jpeg),
        "source": example.source,
        "picture": example.picture.name,
        "score": example.score,
        "instead": example.instead,
    }
