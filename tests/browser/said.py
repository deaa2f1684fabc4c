"""What the page says by its own tables, so that one test can walk it in both languages."""

import json
import re
from functools import cache

from tests.e2e.killable import ROOT

LANGUAGES = ("zh-CN", "en-GB")
_ENTRY = re.compile(r'"([\w.]+)": \[\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),?\s*\]')


def said(key: str, language: str, **values: object) -> str:
    """The words of a key; of one thing (``n`` is 1) those of ``key.one`` where there are any."""
    table = _table()
    found = table.get(f"{key}.one") if values.get("n") == 1 else None
    words = (found or table[key])[LANGUAGES.index(language)]
    return re.sub(r"\{(\w+)\}", lambda name: str(values[name[1]]), words)


@cache
def _table() -> dict[str, tuple[str, str]]:
    files = (ROOT / "hub/page/src/i18n").glob("*.ts")
    entries = [entry for file in files for entry in _ENTRY.findall(file.read_text(encoding="utf-8"))]
    return {key: (json.loads(chinese), json.loads(english)) for key, chinese, english in entries}
