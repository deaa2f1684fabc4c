"""A clip that cannot be judged ends nothing: it is named everywhere, no figure counts it, and the exit code says so."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from rich.console import Console
from tests.edge.evaluate.events_makers import (
    Painted,
    entry,
    film,
    must,
    parking,
    perimeter,
    person,
    write_suite,
)
from tests.edge.evaluate.test_events_command import CHROMIUM, Painter
from typer.testing import CliRunner

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluation, EventEvaluationOptions, evaluate_events
from sharp_eyes.edge.evaluate.events.suite import load_suites
from sharp_eyes.edge.evaluate.events.tune_command import TuneOptions, tune
from sharp_eyes.edge.evaluate.events.tune_writing import write as write_tuning
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants
from sharp_eyes.edge.evaluate.events.words import REMARKS, WORDS
from sharp_eyes.edge.evaluate.events.writing import write


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good clip, one that is no video, one whose second half is missing, and one that is empty."""
    folder = tmp_path_factory.mktemp("films")
    film(folder / "good.mp4", [Painted(2, 8)], 12)
    (folder / "noise.mp4").write_bytes(b"no video at all" * 500)
    (folder / "empty.mp4").write_bytes(b"")
    film(folder / "whole.mp4", [Painted(2, 8), Painted(20, 27)], 30)
    front_first(folder / "whole.mp4", folder / "cut.mp4")
    return folder


def front_first(whole: Path, cut: Path) -> None:
    """A copy with its index at the front, which says 30 s, and only the first half of its pictures."""
    import av

    with av.open(str(whole)) as source, av.open(str(cut), "w", options={"movflags": "faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    content = cut.read_bytes()
    start = content.index(b"mdat")
    cut.write_bytes(content[: start + (len(content) - start) // 2])


@pytest.fixture
def folder(films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clips, and eyes that find painted things."""
    for path in films.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(OpenedVariants, "detectors", lambda _self, _variant: Painter())
    return tmp_path


def judged(folder: Path, *entries: dict[str, Any], **changes: Any) -> EventEvaluation:
    write_suite(folder, *entries)
    wish: dict[str, Any] = {
        "suites": (folder,), "models": (), "settings": (), "only": (), "recordings": None, "tolerance": 2.0,
        "runtime": "onnxruntime", "cache": folder / "cache", "use_cache": False,
    }  # fmt: skip
    return evaluate_events(EventEvaluationOptions(**{**wish, **changes}), Console(quiet=True))


def mixed() -> list[dict[str, Any]]:
    return [entry("noise.mp4", [must(1, 2)]), entry("good.mp4", [must(2, 8)]), entry("empty.mp4", [], kind="real")]


def run(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, list(arguments))
    return ended.exit_code, " ".join(ended.output.split())


def test_the_rest_goes_on_and_no_figure_counts_what_could_not_be_read(folder: Path) -> None:
    report = judged(folder, *mixed()).report
    assert [(one.name, one.kind) for one in report.not_judged] == [("noise", "rendered"), ("empty", "real")]
    for one in report.not_judged:
        assert f"{one.name}.mp4 is no readable video" in one.reason
    assert [clip.name for clip in report.clips] == ["good"]
    (figures,) = [row.figures for row in report.rows if row.scene is None]
    assert (figures.clips, figures.expected, figures.hits, figures.misses) == (1, 1, 1, 0)
    assert {row.kind for row in report.rows} == {"rendered"}


def test_several_at_once_say_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In processes of their own, with the shipped networks; a good clip before and after the broken ones."""
    monkeypatch.undo()
    clips = [*mixed(), entry("whole.mp4", [])]
    alone, together = (judged(folder, *clips, jobs=jobs).report for jobs in (1, 3))
    assert alone == together
    assert [one.name for one in together.not_judged] == ["noise", "empty"]


def test_the_command_lists_them_and_its_exit_code_is_not_zero(folder: Path) -> None:
    write_suite(folder, *mixed())
    out = folder / "out"
    common = ("--cache", str(folder / "cache"), "--out", str(out))
    code, said = run("evaluate", "events", "--suite", str(folder), *common)
    assert code == 1
    assert "not judged: noise (rendered): " in said
    assert "noise.mp4 is no readable video" in said
    assert "wrote" in said
    assert [one["name"] for one in json.loads((out / "report.json").read_text("utf-8"))["not_judged"]] == [
        "noise", "empty",
    ]  # fmt: skip
    code, said = run("evaluate", "events", "--suite", str(folder), "--only", "good", *common)
    assert (code, "not judged" in said) == (0, False)
    code, said = run("evaluate", "events", "--suite", str(folder), "--only", "noise", *common)
    assert code == 1
    assert "nothing was judged" in said
    assert json.loads((out / "report.json").read_text("utf-8"))["rows"] == []


def test_the_page_names_them_in_both_languages(folder: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium (scripts/install-system-parts.sh)")
    write(judged(folder, *mixed(), entry("cut.mp4", [], parking(dwell=60))), folder / "out", Console(quiet=True))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for width, language, which in ((1300, "en-GB", 0), (390, "zh-CN", 1)):
            page = browser.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
            page.goto((folder / "out" / "report.html").as_uri())
            section = page.locator("#not-judged")
            assert WORDS["not_judged"][which] in section.inner_text()
            assert "empty.mp4" in section.inner_text()
            assert REMARKS["too_short"][which].split("{")[0] in page.locator("#remarks").inner_text()
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        browser.close()


def test_a_recording_that_breaks_off_before_what_is_expected_is_not_judged(folder: Path) -> None:
    """Its header says 30 s: nobody could know before it was played. Nothing expected there: only a remark."""
    report = judged(folder, entry("cut.mp4", [must(2, 8), must(20, 27)])).report
    (one,) = report.not_judged
    assert "cut.mp4: its pictures end at" in one.reason
    assert "expected from 20 s on" in one.reason
    report = judged(folder, entry("cut.mp4", [must(2, 8)])).report
    assert report.not_judged == []
    (remark,) = report.remarks
    assert (remark.sort, remark.clip, round(remark.wanted)) == ("cut_off", "cut", 30)
    assert remark.seconds < 20


def test_what_begins_after_the_clips_end_is_a_clear_mistake(folder: Path) -> None:
    """Before anything is played; file, number and key."""
    path = write_suite(folder, entry("good.mp4", [must(2, 8), must(12.5, 14)]))
    with pytest.raises(ConfigError, match=r"good\.mp4: events: events\.1\.from: 12\.5 s .* end \(12\.0 s\)") as caught:
        load_suites([path])
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("scenes", "events", "sorts"),
    [
        ([parking(dwell=20)], [], [("too_short", "illegal_parking", 20.0)]),
        ([parking(dwell=3)], [must(2, 8)], []),
        ([parking(dwell=8)], [must(8, 11)], [("due_after_end", "illegal_parking", 16.0)]),
        ([perimeter(dwell=1), parking(dwell=20)], [], [("too_short", "illegal_parking", 20.0)]),
    ],
)
def test_a_clip_too_short_for_a_rule_is_said(
    folder: Path, scenes: list[dict[str, Any]], events: list[dict[str, Any]], sorts: Sequence[tuple[str, str, float]]
) -> None:
    outcome = judged(folder, entry("good.mp4", events, *scenes))
    assert [(one.sort, one.scene, one.wanted) for one in outcome.report.remarks] == sorts
    said = Console(record=True, width=200, file=(folder / "said.txt").open("w"))
    write(outcome, folder / "out", said, page=False)
    assert ("remark: good · illegal_parking" in said.export_text()) is bool(sorts)


def test_tuning_leaves_them_out_and_says_so(folder: Path) -> None:
    film(folder / "kerb.mp4", [Painted(2, 6), person(10, 12), Painted(14, 26)], 30)
    write_suite(folder, entry("kerb.mp4", [must(14, 26)], parking(dwell=3)), entry("noise.mp4", []))
    wish = TuneOptions(
        suites=(folder,), verdicts=None, model=None, only=(), keys=("dwell",), values=(), most_lost=0, recordings=None,
        tolerance=2.0, runtime="onnxruntime", cache=folder / "cache",
    )  # fmt: skip
    tuning = tune(wish, Console(quiet=True))
    assert [one.clip.name for one in tuning.not_judged] == ["noise"]
    assert [one.camera for one in tuning.proposals] == ["kerb"]
    console = Console(record=True, width=200, file=(folder / "said.txt").open("w"))
    write_tuning(tuning, folder / "proposed.yaml", False, console)
    assert "not judged: noise: " in console.export_text()
    code, said = run("tune", "--suite", str(folder), "--cache", str(folder / "cache"), "--out", str(folder / "p.yaml"))
    assert code == 1
    assert "nothing is tuned from it" in said
