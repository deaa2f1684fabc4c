"""The page, in a browser without a network: it shows the report's figures, in both languages, on a telephone too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.edge.evaluate.conftest import CLIP, STEP, Street, measure

from sharp_eyes.edge.evaluate.detectors.evaluation import DetectorEvaluation
from sharp_eyes.edge.evaluate.detectors.page import page_of
from sharp_eyes.edge.evaluate.detectors.words import WORDS

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium (scripts/install-system-parts.sh)")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def outcome(street: Street) -> DetectorEvaluation:
    return measure(street, negatives=(CLIP,), absent=("bus", "bicycle", "car"), budget="1/day")


@pytest.fixture(scope="module")
def page_file(outcome: DetectorEvaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(outcome, STEP), encoding="utf-8")
    return path


def opened(browser: Browser, page_file: Path, width: int, language: str) -> tuple[Page, list[str]]:
    """The page in a window of some width; whatever goes wrong or leaves the page is noted."""
    faults: list[str] = []
    page = browser.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text))
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    page.goto(page_file.as_uri())
    return page, faults


def test_the_page_shows_the_figures(browser: Browser, page_file: Path, outcome: DetectorEvaluation) -> None:
    """AP50, interval, precision and recall of each class stand in its row; curves, confusion and pictures are there."""
    page, faults = opened(browser, page_file, 1440, "en-GB")
    table = outcome.report.tables[0]
    for name, figures in table.classes.items():
        row = page.locator("#rendered tbody tr", has_text=re.compile(f"^{name}\\b")).first
        text = row.inner_text()
        for value in (figures.ap50, figures.precision, figures.recall):
            assert value is None or f"{value:.3f}" in text
        assert str(figures.objects) in text
    with_objects = [name for name, figures in table.classes.items() if figures.objects]
    assert page.locator("section:not(.reliability) svg.curve").count() == len(with_objects)
    assert page.locator("svg.curve polyline").count() >= 1
    diagrams = page.locator("section.reliability figure")
    assert diagrams.count() == len(with_objects)
    car = table.classes["car"].calibration
    assert car is not None
    shown = diagrams.filter(has_text="car").first
    assert f"{car.expected_error:.3f}" in shown.inner_text()
    assert shown.locator("circle").count() == len(car.bins)
    budgets = page.locator("#budgets tbody tr")
    assert budgets.count() == len(outcome.report.budgets) == 3
    assert "needs at least" in budgets.filter(has_text="bus").inner_text()
    assert "200.0" in page.locator("#negatives").inner_text()
    assert "car" in page.locator("#not-on-real").inner_text()
    assert page.locator("table.matrix").count() == 1
    pictures = page.locator("#examples img")
    assert pictures.count() > 3
    pictures.first.scroll_into_view_if_needed()  # pictures are loaded when they come into sight
    assert pictures.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 20
    assert not faults, faults


def test_the_page_speaks_both_languages(browser: Browser, page_file: Path) -> None:
    """The browser's language first, the button changes it, and only one is to be seen at a time."""
    page, faults = opened(browser, page_file, 1440, "zh-CN")
    assert page.locator("h1").inner_text() == WORDS["title"][1]
    page.click("#language")
    assert page.locator("h1").inner_text() == WORDS["title"][0]
    body = page.locator("main").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", body)
    assert not faults, faults


def test_the_page_fits_a_telephone(browser: Browser, page_file: Path) -> None:
    """Wide tables scroll in themselves; the page does not."""
    page, faults = opened(browser, page_file, 390, "en-GB")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not faults, faults
