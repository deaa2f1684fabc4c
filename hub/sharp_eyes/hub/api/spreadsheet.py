"""Rows as CSV that spreadsheet programs open as they are meant: UTF-8 with its mark, and no cell a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from fastapi.responses import StreamingResponse

MARK = "\ufeff"
"""Spreadsheet programs take a file without it for another encoding."""

CSV_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""What the interface's document says of such an answer."""

_AT_ONCE = 500


def plain(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula: some hold names that strangers chose."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def csv_answer(name: str, rows: Iterable[Iterable[object]]) -> StreamingResponse:
    """Give rows as a file that is kept by nobody on the way; ``name``: of the file, in ASCII.

    The first of them are read before the answer begins: then it can still be said that they cannot be.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    parts = _parts(rows)
    whole = chain([next(parts)], parts)
    return StreamingResponse(whole, media_type="text/csv; charset=utf-8", headers=headers)


def _parts(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out)
    for number, row in enumerate(rows, start=1):
        writer.writerow(["" if cell is None else plain(cell) if isinstance(cell, str) else cell for cell in row])
        if number % _AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
