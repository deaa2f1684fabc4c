"""What the page says by its own tables, so that one test can walk it in both languages."""

import json
import re
from functools import cache

from playwright.sync_api import Page
from tests.browser.conftest import PEOPLE
from tests.e2e.killable import ROOT

LANGUAGES = ("zh-CN", "en-GB")
_ENTRY = re.compile(r'"([\w.]+)": \[\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),?\s*\]')

ALLOWED = {"API", "AMOLED", "GB", "GeoJSON", "GPU", "HTTP", "HTTPS", "ID", "MFA", "MQTT", "ONVIF", "OIDC", "PMTiles"}
ALLOWED |= {"RTSP", "SHA", "TOTP", "TLS", "URL", "UTC", "WGS", "YAML", "JSON", "CSV", "PDF", "Asia", "Shanghai", "Esc"}
ALLOWED |= {"Enter", "Ctrl", "Shift", "Tab", "Delete", "App", "Chrome", "Linux", "Webhook", "rtsp", "KiB", "MiB", "GiB"}
ALLOWED |= {name for name, *_ in PEOPLE} | {"Admin", "test", "root", "demo", "parks", "drainage", "XLSX"}
"""Names of things, units and keys that are the same in both languages; people, city and version of this test."""

_SHOWN = """() => {
  const skipped = "script, style, code, kbd, pre, [translate=no], [lang=en], [aria-hidden=true]";
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node instanceof Element ? node : node.parentElement;
    if (element.closest(skipped) || !element.checkVisibility()) continue;
    if (node instanceof Element) {
      said.push(...["aria-label", "title", "placeholder", "alt"].map((name) => node.getAttribute(name) ?? ""));
    } else {
      said.push(node.textContent);
    }
  }
  return said.filter((words) => /[A-Za-z]{3}/.test(words));
}"""


def said(key: str, language: str, **values: object) -> str:
    """The words of a key; of one thing (``n`` is 1) those of ``key.one`` where there are any."""
    table = _table()
    found = table.get(f"{key}.one") if values.get("n") == 1 else None
    words = (found or table[key])[LANGUAGES.index(language)]
    return re.sub(r"\{(\w+)\}", lambda name: str(values[name[1]]), words)


def english_on(page: Page, *names: str) -> list[str]:
    """What a Chinese page shows in English: words of three letters and more that are no names of things.

    ``names``: what more is the name of something in this test.
    """
    allowed = ALLOWED.union(names)
    return [
        words.strip()
        for words in page.evaluate(_SHOWN)
        if any(word not in allowed for word in re.findall(r"(?<![\w/.-])[A-Za-z]{3,}(?!\w|[/-]|\.\w)", words))
    ]


def speaks(page: Page, language: str, *names: str) -> None:
    """See that no English stands among the Chinese; ``names`` as in :func:`english_on`."""
    if language == "zh-CN":
        assert not (found := english_on(page, *names)), f"{page.url} says in English: {found}"


@cache
def _table() -> dict[str, tuple[str, str]]:
    files = (ROOT / "hub/page/src/i18n").glob("*.ts")
    entries = [entry for file in files for entry in _ENTRY.findall(file.read_text(encoding="utf-8"))]
    return {key: (json.loads(chinese), json.loads(english)) for key, chinese, english in entries}
