"""Ordinary footage to and fro: nothing jumps, every run is the same, and passes do not pass for new footage."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import sync_playwright
from rich.console import Console
from scipy.stats import poisson
from tests.edge.evaluate.events_makers import (
    RATE,
    Painted,
    entry,
    film,
    must,
    parking,
    trap,
    write_suite,
)
from tests.edge.evaluate.test_events_command import CHROMIUM, Painter
from typer.testing import CliRunner

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants
from sharp_eyes.edge.evaluate.stress.evaluation import StressEvaluation, StressOptions, evaluate_stress
from sharp_eyes.edge.evaluate.stress.page import page_of
from sharp_eyes.edge.evaluate.stress.pendulum import Pendulum, Swing
from sharp_eyes.edge.evaluate.stress.words import WORDS
from sharp_eyes.edge.evaluate.stress.writing import write
from sharp_eyes.edge.settings import FileSource

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A car that stands in the zone from 2 to 8 s of 10, a street where nothing is, and one with an expected event."""
    folder = tmp_path_factory.mktemp("ordinary")
    film(folder / "kerb.mp4", [Painted(2, 8)], 10)
    film(folder / "street.mp4", [], 10)
    film(folder / "busy.mp4", [Painted(2, 8)], 10)
    (folder / "broken.mp4").write_bytes(b"no video" * 100)
    write_suite(
        folder,
        entry("kerb.mp4", [trap(2, 8, "unloads")], parking(dwell=3), kind="real"),
        entry("street.mp4", [], parking(dwell=3), kind="real"),
        entry("busy.mp4", [must(2, 8)], parking(dwell=3), kind="real"),
        name="ordinary",
    )
    return folder


def swings(path: Path, count: int, most_bytes: int) -> list[Swing]:
    found = []
    for swing in Pendulum(FileSource(path=path, pace="fast"), "kerb", "all", 0.0, most_bytes).frames():
        found.append(swing)
        if len(found) == count:
            break
    return found


def stressed(folder: Path, patch: pytest.MonkeyPatch, **changes: Any) -> StressEvaluation:
    patch.setattr(OpenedVariants, "detectors", lambda _self, _variant: Painter())
    wish: dict[str, Any] = {
        "suites": (folder,), "footage": (), "recordings": None, "only": (), "hours": 70 * 2 / 3600, "scenes": (),
        "own_settings": True, "second_look": True, "model": None, "runtime": "onnxruntime", "jobs": 1, "cache": None,
        "use_cache": False,
    }  # fmt: skip
    return evaluate_stress(StressOptions(**{**wish, **changes}), Console(quiet=True))


def test_time_goes_on_evenly_while_the_footage_swings(films: Path) -> None:
    """80 frames at 8 a second: 0 … 79, back to 0, forth again; no frame twice at a turn, no step but an eighth."""
    found = swings(films / "kerb.mp4", 300, 10**9)
    steps = np.diff([swing.frame.time for swing in found])
    np.testing.assert_allclose(steps, 1 / RATE, atol=1e-6)
    assert [swing.frame.index for swing in found] == list(range(300))
    places = [round(swing.footage * RATE) for swing in found]
    assert places[:80] == list(range(80))
    assert places[80:159] == list(range(78, -1, -1))
    assert places[159:238] == list(range(1, 80))
    assert [found[number].number for number in (79, 80, 158, 159, 237, 238)] == [0, 1, 1, 2, 2, 3]


def test_a_recording_that_does_not_fit_in_memory_gives_the_same_frames(films: Path) -> None:
    """Ten pictures held at a time, decoded in goes: the same places, times and pixels, forth and back."""
    whole = swings(films / "kerb.mp4", 250, 10**9)
    pieces = swings(films / "kerb.mp4", 250, 320 * 180 * 15)
    for one, other in zip(whole, pieces, strict=True):
        assert (one.frame.time, one.footage, one.number) == (other.frame.time, other.footage, other.number)
        assert np.array_equal(one.frame.picture(), other.frame.picture())


def test_one_picture_cannot_swing(tmp_path: Path) -> None:
    film(tmp_path / "still.mp4", [], 1 / RATE)
    with pytest.raises(SourceError, match="one picture only"):
        swings(tmp_path / "still.mp4", 5, 10**9)


def test_repeats_do_not_pass_for_footage(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """70 s of a clip of 10 s: the car alarms in every pass, and is one alarm in the footage that there is."""
    report = stressed(films, monkeypatch).report
    assert report.not_ordinary == ["busy"]
    assert [clip.name for clip in report.clips] == ["kerb", "street"]
    assert [round(clip.played) for clip in report.clips] == [70, 70]
    row = next(row for row in report.rows if row.scene == "illegal_parking")
    assert row.alarms == len(report.alarms) == 7
    assert row.distinct == 1
    assert row.played_hours == pytest.approx(140 / 3600, rel=0.02)
    assert row.footage_hours == pytest.approx(2 * 9.875 / 3600, rel=0.01)
    assert row.per_footage_hour == pytest.approx(1 / row.footage_hours, rel=0.01)
    assert row.interval is not None
    assert poisson.cdf(1, row.interval[1] * row.footage_hours) == pytest.approx(0.025, rel=0.02)
    first, second = report.alarms[:2]
    assert (first.number, first.backward, first.repeat) == (0, False, False)
    assert (second.number, second.backward, second.repeat) == (1, True, True)
    assert first.footage == pytest.approx(5, abs=1.1)
    assert second.footage == pytest.approx(5, abs=1.1)


def test_two_runs_are_the_same_to_the_byte(films: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = []
    for number in range(2):
        write(stressed(films, monkeypatch), tmp_path / str(number), Console(quiet=True))
        written.append([(tmp_path / str(number) / name).read_bytes() for name in ("report.json", "report.html")])
    assert written[0] == written[1]


def test_the_shipped_networks_look_once_at_what_comes_by_again(films: Path, tmp_path: Path) -> None:
    """From the memory and without it, in one process or in two: the same report. Default scenes, a broken file."""
    reports = []
    for changes in ({"use_cache": False}, {"jobs": 2}, {"jobs": 1}):
        wish: dict[str, Any] = {
            "suites": (), "footage": (films / "kerb.mp4", films / "broken.mp4", films / "street.mp4"),
            "recordings": None, "only": (), "hours": 2 * 13 / 3600, "scenes": ("smoke", "ebike_stairwell"),
            "own_settings": False, "second_look": True, "model": None, "runtime": "onnxruntime", "jobs": 1,
            "cache": tmp_path, "use_cache": True,
        }  # fmt: skip
        reports.append(evaluate_stress(StressOptions(**{**wish, **changes}), Console(quiet=True)).report)
    assert reports[0] == reports[1] == reports[2]
    assert [one.name for one in reports[0].not_judged] == ["broken"]
    assert [row.scene for row in reports[0].rows] == ["smoke", "ebike_stairwell", None]
    assert {network.name for network in reports[0].networks} >= {"hazard"}


def test_a_scene_that_had_no_time_to_alarm_counts_no_hours(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three minutes of standing cannot be seen in 70 s: no zero an hour is claimed."""
    report = stressed(films, monkeypatch, own_settings=False, scenes=("illegal_parking", "falling_object")).report
    (short,) = report.too_short
    assert (short.scene, short.wanted, short.clips) == ("illegal_parking", 180.0, ["kerb", "street"])
    rows = {row.scene: row for row in report.rows}
    assert (rows["illegal_parking"].clips, rows["illegal_parking"].interval) == (0, None)
    assert rows["falling_object"].clips == 2


def test_the_page_shows_each_alarm_and_fits(films: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium (scripts/install-system-parts.sh)")
    outcome = stressed(films, monkeypatch)
    (tmp_path / "report.html").write_text(page_of(outcome), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for width, language, which in ((1300, "en-GB", 0), (390, "zh-CN", 1)):
            page = browser.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
            page.goto((tmp_path / "report.html").as_uri())
            assert WORDS["title"][which] in page.locator("h1").inner_text()
            figures = page.locator("#real-illegal_parking figure")
            assert figures.count() == 7
            figures.first.scroll_into_view_if_needed()
            wide = figures.first.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
            assert wide == 320
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        browser.close()


def test_what_cannot_be_meant_is_said(films: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"either as --suite.*--footage"):
        stressed(films, monkeypatch, footage=(films,))
    with pytest.raises(ConfigError, match="--own-settings"):
        stressed(films, monkeypatch, suites=(), footage=(films,))
    with pytest.raises(ConfigError, match="holds no recording"):
        stressed(films, monkeypatch, suites=(), footage=(tmp_path,), own_settings=False)
    with pytest.raises(ConfigError, match="expected in each of its 1 clips"):
        stressed(films, monkeypatch, only=("busy",))
    with pytest.raises(ConfigError, match="no scene 'smok'"):
        stressed(films, monkeypatch, own_settings=False, scenes=("smok",))


def test_the_command_helps_and_says_what_could_not_be_played(films: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    shown = runner.invoke(app, ["evaluate", "stress", "--help"])
    assert "sharp-eyes-edge evaluate stress --footage" in shown.output
    given = ["--footage", str(films / "broken.mp4"), "--out", str(tmp_path / "out"), "--cache", str(tmp_path)]
    ended = runner.invoke(app, ["evaluate", "stress", *given])
    assert ended.exit_code == 1
    assert "nothing was judged" in ended.output
    assert "broken.mp4 is no readable video" in " ".join(ended.output.split())
