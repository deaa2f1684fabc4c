"""A whole evaluation: the bundled model on frames of the bundled clip, whose boxes are exact."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.edge.evaluate.conftest import CLIP, ROOT, Street, measure
from tests.edge.evaluate.makers import write_picture, write_yolo

from sharp_eyes.edge.cli import main
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.schema import DetectorReport
from sharp_eyes.edge.extract.detector import Detector

Edge = Callable[..., str]


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Edge:
    """Run ``sharp-eyes-edge evaluate detector`` here; returns all it said, on one line."""

    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["sharp-eyes-edge", "evaluate", "detector", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        said = " ".join((captured.out + captured.err).split())
        assert ended.value.code == code, said
        return said

    return run


def test_the_bundled_model_on_the_bundled_clip(street: Street) -> None:
    """Cars are found for the most part; these are figures on rendered pictures, and the report says so."""
    report = measure(street).report
    assert {(table.kind, table.source) for table in report.tables} == {("rendered", None), ("rendered", "street")}
    car = report.tables[0].classes["car"]
    assert car.pictures == street.frames
    assert car.objects > 40
    assert car.ap50 is not None
    assert 0.5 < car.ap50 <= 1
    assert car.precision is not None
    assert car.precision > 0.7
    assert "car" in report.not_measured_on_real
    assert "bicycle" not in report.tables[0].classes


def test_yolo_and_coco_give_the_same_figures(street: Street) -> None:
    """The same boxes and ignore regions, written both ways."""
    yolo = measure(street).report.tables[0]
    coco = measure(street, data=(street.coco,), rendered=("street",)).report.tables[0]
    assert yolo.classes == coco.classes
    assert yolo.confusion == coco.confusion


def test_a_clip_with_its_truth_is_a_source(street: Street) -> None:
    """The same frames straight from the clip: the same objects, and all but the same figures (scaled otherwise)."""
    stills = measure(street).report.tables[0].classes["car"]
    clip = measure(street, data=(CLIP.with_suffix(".json"),)).report
    assert clip.sources[0].kind == "rendered"
    car = clip.tables[0].classes["car"]
    assert (car.objects, car.pictures, car.groups) == (stills.objects, stills.pictures, 1)
    assert car.ap50 == pytest.approx(stills.ap50, abs=0.08)
    assert car.ap50_interval is None


def test_real_and_rendered_are_never_put_together(street: Street) -> None:
    """A real source beside a rendered one changes nothing in the rendered figures, and the other way round."""
    alone = measure(street).report
    both = measure(street, data=(street.yolo, street.coco.rename(street.coco.with_name("real.json")))).report
    street.coco.with_name("real.json").rename(street.coco)
    rendered = [table for table in both.tables if table.kind == "rendered" and table.source is None]
    real = [table for table in both.tables if table.kind == "real" and table.source is None]
    assert rendered == [alone.tables[0]]
    assert real[0].classes == alone.tables[0].classes
    assert alone.not_measured_on_real != both.not_measured_on_real
    assert "car" not in both.not_measured_on_real


def test_what_is_no_object_is_counted_by_class(street: Street) -> None:
    """The clip holds cars: told that it holds none, each look is a false frame; buses are not in it."""
    report = measure(street, data=(), negatives=(CLIP,), absent=("car", "bus"), rendered=("street",)).report
    (negative,) = report.false_frames
    assert negative.kind == "rendered"
    assert negative.frames.looks == street.frames
    assert negative.frames.classes["car"] == street.frames
    assert negative.frames.per_200["car"] == 200
    assert set(negative.frames.classes) == {"car", "bus"}
    assert negative.frames.any == street.frames


def test_a_broken_clip_among_others_is_named(street: Street, tmp_path: Path) -> None:
    """It is left out and counted; alone there is nothing to judge."""
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    write_picture(tmp_path / "empty.png")
    report = measure(street, data=(), negatives=(tmp_path,)).report
    assert [fault.problem for fault in report.negatives[0].faults] == ["unreadable clip"]
    assert report.false_frames[0].frames.looks == 1
    assert not report.complete
    (alone,) = measure(street, data=(), negatives=(tmp_path / "broken.mp4",)).report.negatives
    assert (alone.not_judged, alone.pictures) == ("nothing_readable", 0)
    assert "broken.mp4" in alone.faults[0].message


def test_data_in_which_nothing_can_be_judged_end_nothing(edge: Edge, street: Street, tmp_path: Path) -> None:
    """COCO without one picture, a truth whose clip is broken, labels of no class of ours: the rest goes on."""
    images = [{"id": 1, "file_name": "gone.png", "width": 9, "height": 9}]
    content = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "car"}]}
    (tmp_path / "nothing.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "broken.mp4").write_bytes(b"no video" * 200)
    frames = [{"time": 0.0, "boxes": []}, {"time": 1.0, "boxes": []}]
    truth = {"clip": "broken.mp4", "width": 9, "height": 9, "objects": [{"id": 1, "class": "car"}], "frames": frames}
    (tmp_path / "broken.json").write_text(json.dumps(truth), encoding="utf-8")
    foreign = write_yolo(tmp_path / "foreign", {"a": "0 0.5 0.5 0.2 0.2\n"}, names=["water_jug"])
    given = [tmp_path / "nothing.json", tmp_path / "broken.json", foreign, street.yolo]
    said = edge(
        *(word for path in given for word in ("--data", str(path))), "--cache", str(street.cache),
        "--out", str(tmp_path / "out"), "--limit", "3", code=1,
    )  # fmt: skip
    report = DetectorReport.model_validate_json((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert {source.name: source.not_judged for source in report.sources} == {
        "nothing": "nothing_readable", "broken": "nothing_readable", "foreign": "no_class_of_a_model", "street": None,
    }  # fmt: skip
    assert [len(source.faults) for source in report.sources] == [1, 1, 0, 0]
    assert "not judged: broken: not one of its pictures" in said
    assert "broken.mp4 is no readable video" in said
    assert 'id="not-judged"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    (rendered,) = [table for table in report.tables if (table.kind, table.source) == ("rendered", None)]
    assert rendered.classes["car"].pictures == 3


def test_a_second_run_looks_at_nothing_again(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures and clips alike come from the cache, and the report is the same to the byte."""
    first = measure(street, negatives=(CLIP,)).report.model_dump_json()

    def never(*_: object) -> None:
        raise AssertionError("looked again")

    monkeypatch.setattr(Detector, "detect", never)
    assert measure(street, negatives=(CLIP,)).report.model_dump_json() == first


def test_two_models_stand_side_by_side(edge: Edge, street: Street, tmp_path: Path) -> None:
    """The same network under another threshold: the same average precision, another recall; means over both."""
    original = ROOT / "models" / "street" / "manifest.yaml"
    other = yaml.safe_load(original.read_text(encoding="utf-8")) | {"name": "sharp", "threshold": 0.8, "thresholds": {}}
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(other), encoding="utf-8")
    for network in original.parent.iterdir():
        if network.name not in {"manifest.yaml", "MODEL_CARD.md"}:
            (tmp_path / network.name).symlink_to(network)
    report = measure(street, models=("", str(tmp_path))).report
    ours, sharp = (table for table in report.tables if table.source is None)
    assert sharp.model.startswith("sharp")
    for name in ours.classes:
        assert sharp.classes[name].ap50 == ours.classes[name].ap50
    assert sharp.shared_mean.recall is not None
    assert ours.shared_mean.recall is not None
    assert sharp.shared_mean.recall < ours.shared_mean.recall
    said = edge(
        "--data", str(street.yolo), "--model", str(original), "--model", str(tmp_path), "--cache", str(street.cache),
        "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert "(+0.000)" in said
    assert "(-0." in said


def test_the_command_writes_json_and_page_and_a_table(edge: Edge, street: Street, tmp_path: Path) -> None:
    """The JSON is read back into the documented form; a broken picture and a wrong label are named."""
    bad = write_yolo(tmp_path / "bad", {"good": "0 0.5 0.5 0.2 0.2\n", "range": "7 0.5 0.5 0.2 0.2\n", "cut": ""})
    (tmp_path / "bad" / "images" / "cut.png").write_bytes(b"\x89PNG no picture")
    out = tmp_path / "out"
    said = edge(
        "--data", str(street.yolo), "--data", str(bad), "--map", "person=person", "--cache", str(street.cache),
        "--out", str(out), "--limit", "5", code=1,
    )  # fmt: skip
    assert "class 7 is out of range" in said
    assert "cut.png: cannot be decoded" in said
    assert "2 left out" in said
    assert "not measured on real pictures" in said
    report = DetectorReport.model_validate(json.loads((out / "report.json").read_text(encoding="utf-8")))
    assert report.settings.limit == 5
    notes = {source.name: source for source in report.sources}
    assert notes["street"].pictures == 5
    assert notes["bad"].pictures == 1
    assert {fault.problem for fault in notes["bad"].faults} == {"class out of range", "unreadable picture"}
    assert (out / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ["--data", "--negatives"]),
        (("--data", "nowhere"), ["nowhere", "no such file"]),
        (("--data", "GOOD", "--map", "car"), ["--map car", "name-of-the-model"]),
        (("--data", "GOOD", "--map", "cra=person"), ["--map: cra=person", "no class 'cra'", "is 'car' meant"]),
        (("--data", "GOOD", "--map", "car=motorcyle"), ["--map: car=motorcyle", "is 'motorcycle' meant"]),
        (("--data", "SLIP"), ["slip/data.yaml: map: persn=person", "is 'person' meant", "car, person"]),
        (("--data", "GOOD", "--rendered", "gate"), ["--rendered gate", "there are good"]),
        (("--data", "GOOD", "--data", "GOOD"), ["named 'good'", "source"]),
        (("--data", "GOOD", "--model", "nowhere.yaml"), ["nowhere.yaml", "No such file"]),
        (("--data", "GOOD", "--model", f"{ROOT}/models/street@int4"), ["in int4", "onnxruntime fp32"]),
        (("--negatives", "nowhere.mp4"), ["nowhere.mp4", "no such file"]),
        (("--negatives", "EMPTY"), ["no picture and no clip"]),
        (("--negatives", "GOOD", "--absent", "dragon"), ["--absent dragon", "person"]),
    ],
)
def test_a_mistake_is_one_clear_message(
    edge: Edge, tmp_path: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    """No traceback, exit code 2, and the message names what to change."""
    write_yolo(tmp_path / "good", {"a": "0 0.5 0.5 0.2 0.2\n"})
    slip = write_yolo(tmp_path / "slip", {"a": ""}, map={"persn": "person"})
    (tmp_path / "empty").mkdir()
    places = {"GOOD": str(tmp_path / "good"), "EMPTY": str(tmp_path / "empty"), "SLIP": str(slip)}
    given = [places.get(word, word) for word in arguments]
    said = edge(*given, "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache"), code=2)
    for word in words:
        assert word in said


def test_help_shows_examples(edge: Edge) -> None:
    """Both ways of measuring are shown."""
    said = edge("--help")
    assert "Examples" in said
    assert "--negatives night.mp4" in said


def test_stopping_keeps_what_was_seen(tmp_path: Path) -> None:
    """Ctrl-C in the middle: exit code 130, and the second run starts with what the first has seen."""
    for number in range(800):
        write_picture(tmp_path / "images" / f"{number:03}.png", number)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "000.txt").write_text("0 0.5 0.5 0.2 0.2\n", encoding="utf-8")
    (tmp_path / "data.yaml").write_text("names: [car]\n", encoding="utf-8")
    cache = tmp_path / "cache"
    # Nice, so that on a busy machine it is not done before we come to stop it. What is run in the background of a shell
    # inherits that Ctrl-C is ignored.
    command = [
        "env",
        "--default-signal=INT",
        "nice",
        "-n",
        "5",
        sys.executable,
        "-m",
        "sharp_eyes.edge",
        "evaluate",
        "detector",
    ]
    command += ["--data", str(tmp_path), "--cache", str(cache)]
    process = subprocess.Popen([*command, "--out", str(tmp_path / "out")], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 240
    while seen_so_far(cache) < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=480)
    assert process.returncode == 130, said
    assert "run the same command again" in said
    assert 20 <= seen_so_far(cache) < 800
    assert not (tmp_path / "out").exists()


def seen_so_far(cache: Path) -> int:
    """Entries of the cache that are on disk."""
    files = list(cache.glob("*.sqlite"))
    if not files:
        return 0
    database = sqlite3.connect(files[0], timeout=10)
    try:
        return int(database.execute("SELECT count(*) FROM seen").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway does not carry the evaluation library."""
    from sharp_eyes.edge.evaluate import extra

    monkeypatch.setattr(extra, "MODULES", ("no_such_module",))
    with pytest.raises(ConfigError, match=r"sharp-eyes\[evaluate\]"):
        extra.need_extra()


def test_limit_takes_pictures_from_everywhere(street: Street) -> None:
    """Not the first ones: a source is often sorted by place."""
    report = measure(street, limit=3).report
    assert report.sources[0].pictures == 3
    assert report.tables[0].classes["car"].pictures == 3
