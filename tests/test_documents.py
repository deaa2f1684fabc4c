"""The documents point at what is there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(
    r"`((?:contract|edge|hub|client|scripts|tests|configs|models|media|docs)/[\w./-]+\.(?:py|ts|vue|yaml|md|sh|json))`"
)


def documents() -> list[Path]:
    """Every page that git tracks; none outside a checkout."""
    done = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in done.stdout.split()]


def targets(page: Path) -> Iterator[Path]:
    """What a page links to, and the files of the source that it names."""
    text = page.read_text(encoding="utf-8")
    for found in LINK.findall(text):
        if not found.startswith(("http:", "https:", "mailto:")):
            yield page.parent / found
    for found in PATH.findall(text):
        yield in_the_source(found)


def in_the_source(name: str) -> Path:
    """`edge/scenes/zones.py` is said for `edge/sharp_eyes/edge/scenes/zones.py`, and so for the other two."""
    side, rest = name.split("/", 1)
    short = ROOT / side / "sharp_eyes" / side / rest
    return short if short.exists() else ROOT / name


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_named_files_are_there(page: Path) -> None:
    """A page that is left behind by a move is found here."""
    missing = [str(target) for target in targets(page) if not target.exists()]
    assert not missing
