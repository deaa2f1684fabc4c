"""The judge of the second look: what it counts, and what it says of what it cannot read."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner, Result

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.evaluate.verifiers.schema import VerifierReport
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.manifest import read_manifest

ROOT = Path(__file__).parents[3]
HAZARD = ROOT / "models" / "hazard"
JUDGED = ["ebike", "gas_cylinder"]


def write_set(folder: Path, labelled: bool) -> Path:
    """The reference pictures of the bundled detector, with its own boxes as labels or without any."""
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    for picture in read_manifest(HAZARD / "manifest.yaml").reference.pictures:
        target = folder / "images" / Path(picture.file).name
        shutil.copyfile(HAZARD / picture.file, target)
        height, width = np.asarray(cv2.imread(str(target))).shape[:2]
        lines = []
        for box in picture.boxes:
            x1, y1, x2, y2 = box.box
            if labelled and box.name in JUDGED:
                place = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height)
                lines.append(f"{JUDGED.index(box.name)} " + " ".join(f"{value:.5f}" for value in place))
        (folder / "labels" / f"{target.stem}.txt").write_text("\n".join(lines), encoding="utf-8")
    content = {"val": "images", "names": JUDGED, "source": folder.name, "kind": "rendered"}
    (folder / "data.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def run(tmp_path: Path, *more: str) -> tuple[Result, VerifierReport]:
    done = CliRunner().invoke(app, ["evaluate", "verifier", "--out", str(tmp_path / "out"), *more])
    text = (tmp_path / "out" / "report.json").read_text(encoding="utf-8")
    return done, VerifierReport.model_validate_json(text)


def test_things_found_are_kept_and_the_same_without_labels_are_mistakes(tmp_path: Path) -> None:
    """The two sides of one count: what is borne out in one set is not refused in the other."""
    right, wrong = write_set(tmp_path / "right", labelled=True), write_set(tmp_path / "wrong", labelled=False)
    done, report = run(tmp_path, "--data", str(right), "--data", str(wrong))
    assert done.exit_code == 0, done.output
    rows = {(row.source, row.class_name): row for row in report.rows}
    for name in JUDGED:
        kept, mistaken, together = rows["right", name], rows["wrong", name], rows[None, name]
        assert kept.things > 0
        assert (mistaken.things, mistaken.mistakes) == (0, kept.things + kept.mistakes)
        assert mistaken.refused == kept.refused + kept.things - kept.kept
        assert together.things + together.mistakes == kept.things + kept.mistakes + mistaken.mistakes
        assert kept.limit == Detectors.open().limit_of(name)


def test_a_lower_score_shows_weaker_mistakes(tmp_path: Path) -> None:
    """Also below what the detectors give by themselves."""
    wrong = str(write_set(tmp_path / "wrong", labelled=False))
    counts = []
    for more in ((), ("--score", "0.05")):
        _, report = run(tmp_path, "--data", wrong, *more)
        counts.append(sum(row.mistakes for row in report.rows if row.source is None))
    assert counts[1] > counts[0]


def test_what_cannot_be_read_is_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    """The rest is judged."""
    folder = write_set(tmp_path / "right", labelled=True)
    broken = sorted((folder / "images").iterdir())[0]
    broken.write_bytes(b"no picture")
    done, report = run(tmp_path, "--data", str(folder))
    assert done.exit_code == 1
    assert broken.name in done.output
    assert report.rows


def test_a_set_without_a_judged_class_is_no_judgement(tmp_path: Path) -> None:
    """It is said, and the exit code is not that of success."""
    folder = write_set(tmp_path / "cars", labelled=False)
    (folder / "data.yaml").write_text(json.dumps({"val": "images", "names": ["car"]}), encoding="utf-8")
    done, report = run(tmp_path, "--data", str(folder))
    assert done.exit_code == 1
    assert "nothing was judged" in done.output
    assert report.rows == []


@pytest.mark.parametrize("name", ["ebike", "smoke", "fire", "gas_cylinder"])
def test_the_bundled_hazards_are_looked_at_a_second_time(name: str) -> None:
    """The limit that the card tells of; vehicles and people have none."""
    detectors = Detectors.open()
    limit = detectors.limit_of(name)
    assert limit is not None
    assert 0.1 < limit < 0.6
    assert detectors.limit_of("car") is None
