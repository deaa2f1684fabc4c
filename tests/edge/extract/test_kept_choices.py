"""How a network is computed is raced once, by processor time, and kept until something changes."""

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from tests.edge.extract.test_backend_selection import OBJECTS, model

from sharp_eyes.edge.extract import backend_selection as choice
from sharp_eyes.edge.extract import backends as ways
from sharp_eyes.edge.extract import kept_choices
from sharp_eyes.edge.extract.backend_selection import BackendTrial, open_runtime
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.settings import ModelSettings


@pytest.fixture
def races(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the models that were raced; INT8 wins each time."""
    raced: list[str] = []

    def set_times(timed: list[BackendTrial], of: Model) -> None:
        raced.append(of.manifest.name)
        for trial in timed:
            trial.seconds = trial.processor = {"fp32": 0.02, "int8": 0.01}[trial.way.computing]

    monkeypatch.setattr(choice, "_time_in_turn", set_times)
    monkeypatch.setattr(ways, "installed", lambda: False)
    return raced


def test_a_choice_is_kept_for_the_next_start(
    tmp_path: Path, races: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The second start races nothing and says since when it is so; the file is for its own user alone."""
    made, kept = model(tmp_path, OBJECTS), KeptChoices(tmp_path / "computing")
    open_runtime(made, ModelSettings(), kept)
    with caplog.at_level(logging.INFO):
        open_runtime(made, ModelSettings(), KeptChoices(tmp_path / "computing"))
    assert races == ["test"]
    assert "using onnxruntime int8, chosen on 20" in caplog.text
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert json.loads(kept.file.read_text())["choices"]["test"]["measured"]["onnxruntime fp32"] == "20.0 ms"


def test_what_a_choice_depends_on_changes(tmp_path: Path, races: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another network, package, machine, number of cores or setting: it is raced anew each time."""
    kept = KeptChoices(tmp_path / "computing")
    made = model(tmp_path, OBJECTS)
    open_runtime(made, ModelSettings(), kept)
    open_runtime(made, ModelSettings(threads=1), kept)
    assert len(races) == 2
    other = model(tmp_path, [(x1 + 0.25, *rest) for x1, *rest in OBJECTS])
    open_runtime(other, ModelSettings(threads=1), kept)
    assert len(races) == 3
    with monkeypatch.context() as patched:
        patched.setattr(kept_choices, "version", lambda _package: "99.0")
        open_runtime(other, ModelSettings(threads=1), kept)
    assert len(races) == 4
    with monkeypatch.context() as patched:
        patched.setattr(kept_choices, "_machine", lambda: ["another processor"])
        open_runtime(other, ModelSettings(threads=1), kept)
    assert len(races) == 5


def test_a_kept_way_is_proved_at_every_start(
    tmp_path: Path, races: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A driver that answers otherwise from one day to the next is found out, though no version changed."""
    made, kept = model(tmp_path, OBJECTS), KeptChoices(tmp_path / "computing")
    open_runtime(made, ModelSettings(), kept)

    class Drifted(OnnxRuntime):
        def run(self, batch: Batch) -> list[Array]:
            moved = [output.copy() for output in super().run(batch)]
            moved[0][..., :4] += 9 * ("int8" in str(self._file))
            return moved

    monkeypatch.setattr(ways, "OnnxRuntime", Drifted)
    opened = open_runtime(made, ModelSettings(), kept)
    assert isinstance(opened, Drifted)
    assert "fp32" in str(opened._file)
    assert "onnxruntime int8, chosen on" in caplog.text
    assert "all ways are tried anew" in caplog.text


@pytest.mark.parametrize("content", [b"", b"{", b'{"choices": {"test": 3}}', b"\xff"])
def test_a_file_that_cannot_be_read_costs_a_race(
    tmp_path: Path, races: list[str], caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    """It is said, and mended."""
    made, kept = model(tmp_path, OBJECTS), KeptChoices(tmp_path / "computing")
    kept.folder.mkdir()
    kept.file.write_bytes(content)
    open_runtime(made, ModelSettings(), kept)
    assert "choices.json cannot be read" in caplog.text
    open_runtime(made, ModelSettings(), kept)
    assert len(races) == 1


def test_a_folder_that_cannot_be_written_costs_a_race(
    tmp_path: Path, races: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A file where the folder should be, as a stand-in for what a user may not write."""
    made = model(tmp_path, OBJECTS)
    (tmp_path / "computing").write_text("no folder")
    for _ in range(2):
        open_runtime(made, ModelSettings(), KeptChoices(tmp_path / "computing"))
    assert len(races) == 2
    assert "choices.json cannot be written" in caplog.text


def test_processor_time_decides_and_not_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A way that waits for something else leaves the processor to the cameras."""
    monkeypatch.setattr(ways, "installed", lambda: False)

    class Paced(OnnxRuntime):
        def run(self, batch: Batch) -> list[Array]:
            if "int8" in str(self._file):
                time.sleep(0.4)
            else:
                end = time.process_time() + 0.03
                while time.process_time() < end:
                    pass
            return super().run(batch)

    monkeypatch.setattr(ways, "OnnxRuntime", Paced)
    found = choice.try_backends(model(tmp_path, OBJECTS), ModelSettings())
    assert [str(trial.way) for trial in found if trial.used] == ["onnxruntime int8"]
    assert found[1].seconds is not None
    assert found[0].processor is not None
    assert found[1].processor is not None
    assert found[1].seconds >= 0.4
    assert found[1].processor < found[0].processor


def device_beside(monkeypatch: pytest.MonkeyPatch, seconds: dict[str, float], **device: Any) -> None:
    """A device that computes fp32 as the processor does, in so many seconds by the clock."""
    monkeypatch.setattr(ways, "onnxruntime_devices", lambda: ["cuda"])
    real = OnnxRuntime

    class OnDevice(OnnxRuntime):
        def __init__(self, file: Path, threads: int = 0, constants: Any = None, *, on: Any = None) -> None:
            if on is not None and (error := device.get("error")):
                raise error
            real.__init__(self, file, threads, constants)

    def set_times(timed: list[BackendTrial], _model: Model) -> None:
        for trial in timed:
            trial.seconds = seconds[trial.way.device]
            trial.processor = {"cpu": 0.02, "cuda": 0.001}[trial.way.device]

    monkeypatch.setattr(ways, "OnnxRuntime", OnDevice)
    monkeypatch.setattr(choice, "_time_in_turn", set_times)


@pytest.mark.parametrize(("clock", "expected"), [(0.04, "onnxruntime cuda fp32"), (0.2, "onnxruntime fp32")])
def test_a_device_is_used_unless_it_takes_too_long(
    tmp_path: Path, races: list[str], monkeypatch: pytest.MonkeyPatch, clock: float, expected: str
) -> None:
    """It relieves the processor, but one look at a time serves all cameras."""
    device_beside(monkeypatch, {"cpu": 0.02, "cuda": clock})
    wishes = ModelSettings.model_validate({"precision": "fp32"})
    found = choice.try_backends(model(tmp_path, OBJECTS), wishes)
    assert [str(trial.way) for trial in found if trial.used] == [expected]
    if clock > 0.1:
        assert found[1].verdict == "not used: it takes too long"


def test_a_device_that_ended_the_program_is_not_tried_again(
    tmp_path: Path, races: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A driver may take the process with it; then the next start must not do the same again."""

    class Killed(BaseException):
        """Stands for the end of the process: nothing after it may write."""

    device_beside(monkeypatch, {"cpu": 0.02, "cuda": 0.02}, error=Killed())
    made, kept = model(tmp_path, OBJECTS), KeptChoices(tmp_path / "computing")
    wishes = ModelSettings.model_validate({"precision": "fp32"})
    with monkeypatch.context() as dead, pytest.raises(Killed):
        written = kept._write

        def only_before(of: Model, new: Any) -> None:
            if new.begun:
                written(of, new)

        dead.setattr(kept, "_write", only_before)
        open_runtime(made, wishes, kept)
    opened = open_runtime(made, wishes, KeptChoices(tmp_path / "computing"))
    assert opened.name == "onnxruntime"
    assert "cuda fp32: not used: it ended the program when it was tried" in caplog.text
    assert str(kept.file) in caplog.text
