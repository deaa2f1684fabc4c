"""The office's report as a workbook (XLSX): numbers are numbers, and the formulas stand with them."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from fastapi.responses import StreamingResponse
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sharp_eyes.hub.api.figure_tables import Language, Names
from sharp_eyes.hub.api.office_report_schemas import (
    FormulaView,
    OfficeReportView,
    ReportRowView,
    RowFiguresView,
    ShareView,
    SideView,
)
from sharp_eyes.hub.api.office_report_words import FACTS, WORDS
from sharp_eyes.hub.cases.office_report import By

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {WORKBOOK_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
"""What the interface's document says of such an answer."""

_PART = 64 * 1024
_WIDTHS = (24, 14)
"""Of the first column and of the others, in digits."""
_SIDE_WIDTH = 40
"""Of what a formula counts: words, which the next column would cut off."""


def workbook_answer(name: str, report: OfficeReportView, names: Names, language: Language) -> StreamingResponse:
    """Give a report as a file that nobody keeps on the way; ``name``: of the file, in ASCII."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is read, and closed, once the answer has begun
    _Writer(file, report, names, language).write()
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_parts(file), media_type=WORKBOOK_TYPE, headers=headers)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(_PART):
            yield part


class _Writer:
    """Writes a workbook row by row, so that it is never in memory as a whole."""

    def __init__(self, file: IO[bytes], report: OfficeReportView, names: Names, language: Language) -> None:
        self._report = report
        self._names = names
        self._place = 0 if language == "zh" else 1
        self._language = language
        self._book = Workbook(file, {"constant_memory": True, "in_memory": False})
        self._formats: dict[str, Format] = {
            "head": self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "title": self._book.add_format({"bold": True, "font_size": 14}),
            "percent": self._book.add_format({"num_format": "0.00%"}),
            "number": self._book.add_format({"num_format": "#,##0"}),
            "exact": self._book.add_format({"num_format": "0.00"}),
            "minutes": self._book.add_format({"num_format": "#,##0.0"}),
        }

    def write(self) -> None:
        """Write all sheets."""
        self._summary()
        for by in By:
            self._rows(by)
        self._formulas()
        self._book.close()

    def _say(self, key: str) -> str:
        return WORDS[key][self._place]

    def _sheet(self, key: str, heads: int = 1) -> Worksheet:
        sheet = self._book.add_worksheet(self._say(key))
        first, others = _WIDTHS
        sheet.set_column(0, 0, first)
        sheet.set_column(1, 40, others)
        sheet.freeze_panes(heads, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _line(self, sheet: Worksheet, number: int, cells: Sequence[tuple[object, str | None]]) -> None:
        """Write a row of values, each with the name of its format; what was not measured is a dash."""
        for column, (value, how) in enumerate(cells):
            style = None if how is None else self._formats[how]
            if value is None:
                sheet.write_string(number, column, "-")
            elif isinstance(value, str):
                sheet.write_string(number, column, value, style)
            else:
                sheet.write_number(number, column, float(str(value)), style)

    def _summary(self) -> None:
        report, sheet = self._report, self._sheet("summary", heads=0)
        of_period, before = (f"{one.first} – {one.last}" for one in (report.period, report.before))
        named = str(self._names.say(report.area))
        self._line(sheet, 0, [(f"{self._say('title')} {report.name}", "title")])
        for number, (key, value) in enumerate((("area", named), ("period", of_period), ("before", before)), start=1):
            self._line(sheet, number, [(self._say(key), None), (value, None)])
        if not report.is_over:
            self._line(sheet, 4, [(self._say("goes_on"), None)])
        keys = "figure", "percent", "count", "of", "percent_before", "count_before", "of_before"
        self._line(sheet, 6, [(self._say(key), "head") for key in keys])
        now, then = report.total.now, report.total.before
        figures = zip(report.formulas, now.shares, then.shares, strict=True)
        for row, (formula, share, earlier) in enumerate(figures, start=7):
            name = getattr(formula.name, self._language)
            self._line(sheet, row, [(name, None), *self._share(share), *self._share(earlier)])
        measured: tuple[tuple[str, object, object, str], ...] = (
            ("reported", now.reported, then.reported, "number"),
            ("due", now.due, then.due, "number"),
            ("response", _minutes(now.response.seconds), _minutes(then.response.seconds), "minutes"),
            ("handling", _minutes(now.handling.seconds), _minutes(then.handling.seconds), "minutes"),
            ("score", now.score, then.score, "exact"),
        )
        for row, (key, measure, measure_before, how) in enumerate(measured, start=7 + len(report.formulas)):
            blank = ("", None)
            self._line(sheet, row, [(self._say(key), None), (measure, how), blank, blank, (measure_before, how)])

    def _share(self, share: ShareView) -> list[tuple[object, str | None]]:
        percent = None if share.percent is None else share.percent / 100
        return [(percent, "percent"), (share.count, "number"), (share.of, "number")]

    def _rows(self, by: By) -> None:
        sheet = self._sheet(f"by_{by.value}")
        heads = [
            self._say("name"),
            *([self._say("rank")] if by is By.UNIT else []),
            *map(self._say, ("reported", "due")),
        ]
        for formula in self._report.formulas:
            name = getattr(formula.name, self._language)
            heads += [name, *(f"{name} · {self._say(part)}" for part in ("count", "of"))]
        heads += map(self._say, ("response", "handling", "score"))
        self._line(sheet, 0, [(head, "head") for head in heads])
        for number, row in enumerate((one for one in self._report.rows if one.by is by), start=1):
            place: list[tuple[object, str | None]] = [(row.rank, "number")] if by is By.UNIT else []
            self._line(sheet, number, [(self._name(row), None), *place, *self._figures(row.now)])

    def _figures(self, figures: RowFiguresView) -> Iterator[tuple[object, str | None]]:
        yield from ((figures.reported, "number"), (figures.due, "number"))
        for share in figures.shares:
            yield from self._share(share)
        yield from ((_minutes(one.seconds), "minutes") for one in (figures.response, figures.handling))
        yield figures.score, "exact"

    def _name(self, row: ReportRowView) -> str:
        if row.by is By.UNIT:
            return str(self._names.unit(row.key))
        if row.by is By.CAMERA:
            return f"{row.gateway} / {row.key}"
        return f"{self._names.say(row.key)}{self._say('itself') if row.direct else ''}"

    def _formulas(self) -> None:
        sheet = self._sheet("formulas")
        sheet.set_column(1, 2, _SIDE_WIDTH)
        keys = "figure", "numerator", "denominator", "by_day", "better", "weight"
        self._line(sheet, 0, [(self._say(key), "head") for key in keys])
        for row, formula in enumerate(self._report.formulas, start=1):
            self._line(sheet, row, self._formula(formula))
        row = len(self._report.formulas) + 2
        self._line(sheet, row, [(self._say("fact"), "head"), (self._say("meaning"), "head")])
        for number, (name, meaning) in enumerate(FACTS.values(), start=row + 1):
            self._line(sheet, number, [(name[self._place], None), (meaning[self._place], None)])

    def _formula(self, formula: FormulaView) -> list[tuple[object, str | None]]:
        sides = (self._side(formula.numerator), self._side(formula.denominator))
        said = (*sides, self._say(f"day_{formula.period}"), self._say(formula.better))
        return [
            (getattr(formula.name, self._language), None),
            *((one, None) for one in said),
            (formula.weight, "number"),
        ]

    def _side(self, side: SideView) -> str:
        plus, minus = (
            self._say("or").join(FACTS[fact][0][self._place] for fact in facts) for facts in (side.any_of, side.none_of)
        )
        return f"{plus}{self._say('without')}{minus}" if minus else plus


def _minutes(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)
