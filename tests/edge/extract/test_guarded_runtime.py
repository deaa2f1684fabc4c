"""A way to compute that fails or drifts while it runs gives way to the exact one, and says so."""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.edge.extract.test_backend_selection import OBJECTS, model

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract import backend_selection as choice
from sharp_eyes.edge.extract import backends as ways
from sharp_eyes.edge.extract.backend_selection import BackendTrial
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.guarded_runtime import EXAMINE_EVERY, GuardedRuntime
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import ModelSettings

FRAME = Frame.of_picture("cam", 0.0, np.zeros((32, 64, 3), np.uint8))

Mischief = Callable[[list[Array]], list[Array]]


class Moody(OnnxRuntime):
    """A real session; what the INT8 network answers is spoilt where somebody wants it."""

    mischief: Mischief | None = None

    def run(self, batch: Batch) -> list[Array]:
        outputs = super().run(batch)
        if Moody.mischief is None or "int8" not in str(self._file):
            return outputs
        return Moody.mischief([output.copy() for output in outputs])


def fails(_outputs: list[Array]) -> list[Array]:
    raise ModelError("the device was lost")


def is_no_number(outputs: list[Array]) -> list[Array]:
    outputs[0][0, 0] = np.nan
    return outputs


def moved(outputs: list[Array]) -> list[Array]:
    outputs[0][..., :4] += 9
    return outputs


def blind(outputs: list[Array]) -> list[Array]:
    outputs[0][...] = 0
    return outputs


def slightly_fainter(outputs: list[Array]) -> list[Array]:
    outputs[0][..., 4] -= 0.02
    return outputs


@pytest.fixture
def detectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Detectors:
    """One network that INT8 won, served to a camera."""

    def set_times(timed: list[BackendTrial], _model: Model) -> None:
        for trial in timed:
            trial.seconds = trial.processor = {"fp32": 0.02, "int8": 0.01}[trial.way.computing]

    monkeypatch.setattr(Moody, "mischief", None)
    monkeypatch.setattr(ways, "OnnxRuntime", Moody)
    monkeypatch.setattr(ways, "installed", lambda: False)
    monkeypatch.setattr(choice, "_time_in_turn", set_times)
    made = Detectors([model(tmp_path, OBJECTS)], ModelSettings())
    made.serve("cam", ["person"])
    return made


def guard(detectors: Detectors) -> GuardedRuntime:
    (opened,) = detectors._opened.values()
    runtime = opened.runtime  # type: ignore[attr-defined]
    assert isinstance(runtime, GuardedRuntime)
    return runtime


@pytest.mark.parametrize(("mischief", "said"), [(fails, "failed (the device was lost)"), (is_no_number, "no numbers")])
def test_a_way_that_fails_gives_way_at_once(
    detectors: Detectors, caplog: pytest.LogCaptureFixture, mischief: Mischief, said: str
) -> None:
    """Not one look is lost, log and health say it, and it stays so until the next start."""
    before = detectors.detect([FRAME])[0]
    assert detectors.faults("cam") == ""
    Moody.mischief = mischief
    with caplog.at_level(logging.ERROR):
        found = detectors.detect([FRAME])[0]
    assert found.boxes.tolist() == before.boxes.tolist()
    assert "onnxruntime int8" in detectors.faults("cam")
    assert said in detectors.faults("cam")
    assert said in caplog.text
    Moody.mischief = None
    detectors.detect([FRAME])
    assert said in detectors.faults("cam")
    assert len(caplog.records) == 1
    assert detectors.faults("another") == ""


@pytest.mark.parametrize("mischief", [moved, blind])
def test_a_way_that_drifts_is_found_out(
    detectors: Detectors, monkeypatch: pytest.MonkeyPatch, mischief: Mischief
) -> None:
    """It is shown a reference picture every minute, and gives way when it sees it otherwise than at the start."""
    runtime = guard(detectors)
    now = [runtime._clock()]
    monkeypatch.setattr(runtime, "_clock", lambda: now[0])
    runtime._examined = now[0]
    Moody.mischief = mischief
    wrong = detectors.detect([FRAME])[0]
    now[0] += EXAMINE_EVERY + 1
    right = detectors.detect([FRAME])[0]
    assert "sees otherwise than at the start" in detectors.faults("cam")
    assert len(right) == len(OBJECTS)
    assert right.boxes.tolist() != wrong.boxes.tolist()


def test_a_way_that_sees_nearly_the_same_stays(detectors: Detectors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the tolerance of its precision nothing is wrong."""
    runtime = guard(detectors)
    now = [runtime._clock()]
    monkeypatch.setattr(runtime, "_clock", lambda: now[0])
    Moody.mischief = slightly_fainter
    for _ in range(3):
        now[0] += EXAMINE_EVERY + 1
        detectors.detect([FRAME])
    assert detectors.faults("cam") == ""
    assert runtime._next_picture == 0


def test_the_exact_way_failing_too_is_an_error(detectors: Detectors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the scheduler counts the look as failed, as before."""

    class Gone(OnnxRuntime):
        def __init__(self, *_: object, **__: object) -> None:
            raise ModelError("no memory left")

    monkeypatch.setattr(ways, "OnnxRuntime", Gone)
    Moody.mischief = fails
    with pytest.raises(ModelError, match="no memory left"):
        detectors.detect([FRAME])


def test_the_exact_way_is_not_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to go back to."""
    monkeypatch.setattr(ways, "installed", lambda: False)
    opened = choice.open_runtime(model(tmp_path, OBJECTS), ModelSettings.model_validate({"precision": "fp32"}))
    assert isinstance(opened, OnnxRuntime)
