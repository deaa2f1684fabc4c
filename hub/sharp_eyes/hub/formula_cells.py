"""Cells of tables: none that goes out is a formula to a spreadsheet program, and what comes in again is as it was."""

import re
from collections.abc import Sequence

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
"""How one begins: in Chinese and Japanese settings, programs take the wide signs for the narrow ones. With marks
before it, so that a mark that somebody wrote themselves stays when ours goes."""


def marked(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula: some hold names that strangers chose."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unmarked(cell: str) -> str:
    """A cell as it was before it was marked."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def doubled(heads: Sequence[str]) -> str | None:
    """Find a head that stands twice, of whose columns the last would win; what has no name says nothing."""
    return next((head for number, head in enumerate(heads) if head and head in heads[:number]), None)
