"""Areas: the figures by hand, the forms of masks, and the whole command with the shipped network."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from playwright.sync_api import sync_playwright
from tests.edge.evaluate.test_events_command import CHROMIUM
from typer.testing import CliRunner

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault
from sharp_eyes.edge.evaluate.segmenters.evaluation import iou_intervals
from sharp_eyes.edge.evaluate.segmenters.masks import open_masks, read_masked
from sharp_eyes.edge.evaluate.segmenters.pixel_tally import Tally
from sharp_eyes.edge.evaluate.segmenters.schema import SegmenterReport
from sharp_eyes.edge.evaluate.segmenters.words import WORDS

ROOT = Path(__file__).resolve().parents[3]
CLASSES = ("vegetation", "soil", "paved", "water", "other")
PAVED, WATER = 1 << 2, 1 << 3
NOT_WATER = 0b10111


def tally(expected: list[int], given: list[int]) -> Tally:
    made = Tally.empty(len(CLASSES))
    made.add(np.array([expected], np.uint8), np.array([given], np.uint8))
    return made


def test_a_class_that_a_coarse_label_rules_out_is_wrong() -> None:
    """Four of water, two found; three of anything but water, one called water: 2 of 5, precision 2 of 3."""
    made = tally([WATER] * 4 + [NOT_WATER] * 3 + [0], [3, 3, 2, 2, 3, 2, 4, 3])
    assert made.iou(3) == pytest.approx(2 / 5)
    assert made.precision(3) == pytest.approx(2 / 3)
    assert made.recall(3) == 0.5
    assert made.consistency == pytest.approx(2 / 3)
    assert made.iou(2) is None


def test_what_a_label_leaves_open_counts_neither_way() -> None:
    """Paved or water, called water: nobody knows."""
    assert tally([WATER, PAVED | WATER], [3, 3]).iou(3) == 1.0


def test_an_interval_is_drawn_over_groups() -> None:
    """Ten places where all is found and ten where nothing is: 0.5, and far from certain; one place: no interval."""
    groups = [tally([WATER] * 4, [3] * 4) for _ in range(10)] + [tally([WATER] * 4, [2] * 4) for _ in range(10)]
    interval = iou_intervals(groups, len(CLASSES))[3]
    assert interval is not None
    assert 0.2 < interval[0] < 0.4
    assert 0.6 < interval[1] < 0.8
    assert iou_intervals(groups[:1], len(CLASSES))[3] is None


def masks(folder: Path, pictures: dict[str, int | None], **keys: Any) -> Path:
    """Rendered ground: the reference pictures of the shipped model, masked by a value each; None: no mask."""
    references = sorted((ROOT / "models" / "ground" / "reference").glob("*.jpg"))
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number, (name, value) in enumerate(pictures.items()):
        picture = cv2.imread(str(references[number % len(references)]))
        assert picture is not None
        cv2.imwrite(str(folder / "images" / f"{name}.jpg"), picture)
        if value is not None:
            mask = np.full(picture.shape[:2], value, np.uint8)
            mask[: len(mask) // 2] = 0
            cv2.imwrite(str(folder / "masks" / f"{name}.png"), mask)
    content = {"classes": {0: ["vegetation", "soil", "paved", "other"], 1: "water", 2: "paved"}, **keys}
    (folder / "data.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder / "data.yaml"


def run(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["evaluate", "segmenter", *arguments])
    if isinstance(ended.exception, ConfigError):
        return 2, str(ended.exception)
    return ended.exit_code, " ".join(ended.output.split())


def test_real_and_rendered_stand_apart(tmp_path: Path) -> None:
    """Two real sources are summed up together, the rendered one never with them; twice the same to the byte."""
    real = [masks(tmp_path / name, {"a": 2, "b": 2}, source=name) for name in ("yard", "road")]
    drawn = masks(tmp_path / "drawn", {"a": 1, "b": 2, "c": 1}, kind="rendered")
    given = [word for path in (*real, drawn) for word in ("--data", str(path))]
    written = []
    for number in range(2):
        code, said = run(*given, "--out", str(tmp_path / f"out{number}"))
        assert code == 0, said
        written.append([(tmp_path / f"out{number}" / name).read_bytes() for name in ("report.json", "report.html")])
    assert written[0] == written[1]
    report = SegmenterReport.model_validate_json(written[0][0])
    assert [(table.kind, table.source, table.pictures) for table in report.tables] == [
        ("real", None, 4), ("real", "yard", 2), ("real", "road", 2), ("rendered", None, 3), ("rendered", "drawn", 3),
    ]  # fmt: skip
    assert list(report.tables[0].classes) == ["paved"]
    assert list(report.tables[3].classes) == ["paved", "water"]
    assert set(report.not_measured_on_real) == {"vegetation", "soil", "water", "other"}
    paved = report.tables[0].classes["paved"]
    assert 0.2 < paved.recall <= 1
    assert 0 < paved.iou <= paved.recall


def test_what_cannot_be_used_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = masks(tmp_path / "good", {"a": 2, "b": 2, "c": 2, "d": None, "e": 9})
    (good.parent / "images" / "b.jpg").write_bytes(b"no picture")
    cv2.imwrite(str(good.parent / "masks" / "c.png"), np.zeros((5, 5), np.uint8))
    whole = cv2.imread(str(good.parent / "masks" / "e.png"), cv2.IMREAD_UNCHANGED)
    assert whole is not None
    cv2.imwrite(str(good.parent / "masks" / "e.png"), np.full_like(whole, 9))
    none = masks(tmp_path / "none", {"a": 2})
    (none.parent / "images" / "a.jpg").write_bytes(b"")
    out = tmp_path / "out"
    code, said = run("--data", str(good), "--data", str(none), "--out", str(out))
    assert code == 1
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [source["pictures"] for source in report["sources"]] == [1, 0]
    assert [fault["problem"] for fault in report["sources"][0]["faults"]] == [
        "no mask", "unreadable picture", "size differs", "nothing labelled",
    ]  # fmt: skip
    assert "not judged: none" in said
    assert "c.png: is 5x5" in said
    assert "e.png: holds no value that `classes` names; it holds 9" in said


def test_a_coloured_mask_is_not_guessed(tmp_path: Path) -> None:
    file = masks(tmp_path, {"a": 1})
    grey = cv2.imread(str(tmp_path / "masks" / "a.png"))
    assert grey is not None
    for value, problem in ((grey, None), (np.full_like(grey, (0, 0, 200)), "unreadable mask")):
        cv2.imwrite(str(tmp_path / "masks" / "a.png"), value)
        source = open_masks(file, CLASSES)
        read = read_masked(source, source.pictures[0])
        assert (read.problem if isinstance(read, LabelFault) else None) == problem


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            {"classes": {1: "watr"}},
            ["data.yaml: classes: 1", "no class 'watr'", "is 'water' meant"],
        ),
        ({"classes": {300: "water"}}, ["classes: 300", "between 0 and 255"]),
        ({"clases": {}}, ["clases"]),
        ({"masks": "mask"}, ["masks:", "is no folder"]),
        ({"groups": "groups.csv"}, ["groups.csv", "no such file"]),
    ],
)
def test_a_slip_names_file_and_key(tmp_path: Path, keys: dict[str, Any], words: list[str]) -> None:
    code, said = run("--data", str(masks(tmp_path, {"a": 1}, **keys)), "--out", str(tmp_path / "out"))
    assert code == 2
    for word in words:
        assert word in said


def test_the_page_fits_and_shows_the_worst_pictures(tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium (scripts/install-system-parts.sh)")
    code, said = run("--data", str(masks(tmp_path / "flood", {"a": 1, "b": 2})), "--out", str(tmp_path))
    assert code == 0, said
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for width, language, which in ((1300, "en-GB", 0), (390, "zh-CN", 1)):
            page = browser.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
            page.goto((tmp_path / "report.html").as_uri())
            assert WORDS["title"][which] in page.locator("h1").inner_text()
            pictures = page.locator("#worst img")
            assert pictures.count() == 2
            pictures.first.scroll_into_view_if_needed()
            assert pictures.first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 720
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        browser.close()
