"""What the template of every report is held to."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest

from sharp_eyes.edge.evaluate.detectors.words import WORDS as DETECTORS
from sharp_eyes.edge.evaluate.events.words import WORDS as EVENTS
from sharp_eyes.edge.evaluate.replay_report.page import WORDS as REPLAY
from sharp_eyes.edge.evaluate.segmenters.words import WORDS as SEGMENTERS
from sharp_eyes.edge.evaluate.stress.words import WORDS as STRESS

EVALUATE = Path(__file__).resolve().parents[3] / "edge/sharp_eyes/edge/evaluate"
TABLES: dict[str, Collection[str]] = {
    "detectors/report": DETECTORS,
    "events/events": EVENTS,
    "replay_report/replay": REPLAY,
    "report/page": (),
    "segmenters/segmenter": SEGMENTERS,
    "stress/stress": STRESS,
}


@pytest.mark.parametrize(("name", "table"), TABLES.items())
def test_a_page_is_one_file_and_says_everything_through_its_table(name: str, table: Collection[str]) -> None:
    """No address of anything outside, no word but by its key, and each key in the table."""
    text = (EVALUATE / f"{name}.html.j2").read_text(encoding="utf-8")
    assert "http" not in text.replace("http-equiv", "")
    used = set(re.findall(r"\bword\(\"(\w+)\"\)", text))
    assert bool(used) is bool(table)
    assert used <= set(table)
    said = re.sub(r"<script>.*</script>|<style>.*</style>|{[{%].*?[%}]}", " ", text, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", " ", said)))
    assert not words - {"sha", "Sharp", "Eyes", "English", "ensp"}, words


def test_every_template_is_among_them() -> None:
    """A new report cannot be forgotten above."""
    assert {str(path.relative_to(EVALUATE)) for path in EVALUATE.rglob("*.j2")} == {f"{one}.html.j2" for one in TABLES}
