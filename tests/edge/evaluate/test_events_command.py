"""The command from end to end, on painted clips: report, table, page, events, and several variants."""

import json
import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Request, sync_playwright
from rich.console import Console
from tests.edge.evaluate.events_makers import (
    ColourDetectors,
    Painted,
    entry,
    film,
    must,
    parking,
    perimeter,
    person,
    trap,
    write_suite,
)
from typer.testing import CliRunner

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluation, EventEvaluationOptions, evaluate_events
from sharp_eyes.edge.evaluate.events.variants import CachingDetectors, OpenedVariants
from sharp_eyes.edge.evaluate.events.words import SCENES, WORDS
from sharp_eyes.edge.evaluate.events.writing import write
from sharp_eyes.edge.scenes.catalogue import SCENES as KNOWN

CHROMIUM = Path("/usr/bin/chromium")


class Painter(ColourDetectors):
    """Detectors by colour that say which networks they used: none."""

    def used(self) -> list[object]:
        """No network."""
        return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clip with a hit, a miss and a false alarm, and a real one with a hit."""
    folder = tmp_path_factory.mktemp("command")
    film(folder / "kerb.mp4", [Painted(2, 8), Painted(14, 22)], 28)
    film(folder / "yard.mp4", [person(3, 9)], 12)
    kerb = [must(2, 8, grade="serious"), trap(14, 22, "a <b>delivery</b>"), must(24, 27)]
    yard = [must(3, 9, "perimeter_intrusion", "yard")]
    write_suite(
        folder,
        entry("kerb.mp4", kerb, parking(dwell=3), title={"zh": "路边", "en": "Kerb"}),
        entry("yard.mp4", yard, perimeter(), kind="real", licence="CC0-1.0"),
        name="both",
    )
    strict = {"cameras": {"kerb": {"illegal_parking": {"dwell": 20}}}}
    (folder / "strict.yaml").write_text(yaml.safe_dump(strict), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def outcome(folder: Path) -> EventEvaluation:
    """The suite's own settings, and stricter ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OpenedVariants, "detectors", lambda _self, _variant: Painter())
        return run(folder)


def run(folder: Path) -> EventEvaluation:
    wish = EventEvaluationOptions(
        suites=(folder,), models=(), settings=(f"strict={folder / 'strict.yaml'}",), only=(), recordings=None,
        tolerance=2.0, runtime="onnxruntime", cache=folder / "cache", use_cache=True,
    )  # fmt: skip
    return evaluate_events(wish, Console(quiet=True))


def test_the_report_holds_every_verdict_and_figure(outcome: EventEvaluation) -> None:
    report = outcome.report
    assert [variant.name for variant in report.variants] == ["suite", "strict"]
    assert report.variants[1].overrides == {"cameras": {"kerb": {"illegal_parking": {"dwell": 20}}}}
    own = [case for case in report.cases if case.variant == "suite" and case.kind == "rendered"]
    assert [case.verdict for case in own] == ["hit", "false_alarm", "miss"]
    assert own[0].late == 0.0
    assert own[0].waited == 3.0
    assert own[1].trap is not None
    assert own[1].trap.why == "a <b>delivery</b>"
    rows = {(row.variant, row.kind, row.scene): row.figures for row in report.rows}
    assert rows["suite", "rendered", "illegal_parking"].f1 == pytest.approx(0.5)
    assert rows["strict", "rendered", "illegal_parking"].f1 == 0
    assert rows["suite", "real", None].f1 == 1
    assert (rows["suite", "rendered", None].grades_agreed, rows["suite", "rendered", None].grades_asked) == (0, 1)
    (clip,) = [clip for clip in report.clips if clip.kind == "real"]
    assert (clip.expected, clip.traps, clip.licence, len(clip.sha256)) == (1, 0, "CC0-1.0", 64)


def test_what_is_written_is_the_same_to_the_byte_on_every_run(
    outcome: EventEvaluation, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Report, events and page: nothing in them depends on the machine or the time of day."""
    monkeypatch.setattr(OpenedVariants, "detectors", lambda _self, _variant: Painter())
    written = []
    for number, one in enumerate((outcome, run(folder))):
        out = tmp_path / str(number)
        write(one, out, Console(quiet=True))
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert list(written[0]) == ["events-1.jsonl", "events-2.jsonl", "report.html", "report.json"]
    assert written[0] == written[1]
    first = json.loads(written[0]["events-1.jsonl"].splitlines()[0])
    assert first["type"] == "sharp-eyes.scene.v1"
    assert first["data"]["phase"] == "opened"


def test_the_terminal_shows_the_difference_and_every_mistake(outcome: EventEvaluation, tmp_path: Path) -> None:
    console = Console(record=True, width=200, file=(tmp_path / "said.txt").open("w"))
    write(outcome, tmp_path / "out", console)
    text = console.export_text()
    assert "0.500" in text
    assert "0.000 (-0.500)" in text
    assert "false alarm: kerb · illegal_parking · kerb · suite: alarm at 17.0 s" in text
    assert "a <b>delivery</b>" in text
    assert "miss: kerb · illegal_parking · kerb · suite: expected from 24.0 to 27.0 s" in text
    assert "times real time" in text


def test_the_page_shows_mistakes_as_pictures_without_a_network(outcome: EventEvaluation, tmp_path: Path) -> None:
    """Miss and false alarm have their picture and the trap's name; both languages; no script of the data's runs."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium (scripts/install-system-parts.sh)")
    write(outcome, tmp_path, Console(quiet=True))
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for width, language in ((1300, "en-GB"), (390, "zh-CN")):
            look_at(browser, tmp_path / "report.html", width, language)
        browser.close()


def look_at(browser: Browser, file: Path, width: int, language: str) -> None:
    """Open the page in a window of some width and check what it shows."""
    faults: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith("http"):
            faults.append(request.url)

    page = browser.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", note)
    page.goto(file.as_uri())
    alarm = page.locator("#rendered-false_alarm figure").first
    assert "a <b>delivery</b>" in alarm.inner_text()
    alarm.scroll_into_view_if_needed()  # pictures are loaded when they come into sight
    assert alarm.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    assert page.locator("#rendered-miss figure").count() == 3
    assert page.locator("#real-hit figure").count() == 1
    assert page.locator("svg.timeline rect").count() > 6
    assert (WORDS["title"][1] in page.locator("h1").inner_text()) is language.startswith("zh")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    if width == 1300:
        too_wide = "[...document.querySelectorAll('.wide')].filter(one => one.scrollWidth > one.clientWidth).length"
        assert page.evaluate(too_wide) == 0
    assert faults == []


def test_every_scene_has_its_name_on_the_page() -> None:
    assert set(KNOWN) <= set(SCENES)


def test_the_command_line_reports_wrong_settings_and_helps() -> None:
    runner = CliRunner()
    for command in (["evaluate", "events", "--help"], ["tune", "--help"]):
        shown = runner.invoke(app, command)
        assert shown.exit_code == 0
        assert re.search(r"sharp-eyes-edge (evaluate events|tune) --suite", shown.output)


def test_models_side_by_side_say_which_network_looked(folder: Path) -> None:
    """A precision that a model lacks is named; nothing is opened before it is needed."""
    from sharp_eyes.edge.errors import ModelError
    from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
    from sharp_eyes.edge.evaluate.events.suite import load_suites
    from sharp_eyes.edge.evaluate.events.variants import variants_of

    suite = load_suites([folder])
    exact, quick = variants_of(["street", "street@int8"], [], suite, "onnxruntime")
    opened = OpenedVariants(InferenceMemory(None, Recordings()))
    found = [opened.detectors(variant) for variant in (exact, quick)]
    assert all(isinstance(one, CachingDetectors) for one in found)
    assert [one.ways["street"].computing for one in found] == ["fp32", "int8"]
    for one in found:
        one.serve("kerb", ["car"])
    assert len({digest for one in found for _, _, digest in one.used()}) == 2
    (wrong,) = variants_of(["street@fp16"], [], suite, "onnxruntime")
    with pytest.raises(ModelError, match="in fp16 here; there is: onnxruntime fp32"):
        opened.detectors(wrong)
