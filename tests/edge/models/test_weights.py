"""PyTorch weights: exported where ultralytics is installed, and a clear word where it is not."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.models.importer import ImportOptions, import_model


def test_without_ultralytics_it_says_what_to_install(tmp_path: Path) -> None:
    """The gateway's own environment has no PyTorch; nothing is left behind."""
    if find_spec("ultralytics") is not None:
        pytest.skip("ultralytics is installed here: the other test tries the export")
    (tmp_path / "best.pt").write_bytes(b"weights")
    with pytest.raises(ModelError, match=r"best\.pt: .*ultralytics.*sharp-eyes\[edge,train\].*add best\.onnx"):
        import_model(ImportOptions(tmp_path / "best.pt"), tmp_path / "models", None, replace=False)
    assert not (tmp_path / "models").exists()


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.pt: there is no such file"):
        import_model(ImportOptions(tmp_path / "gone.pt"), tmp_path / "models", None, replace=False)


def test_with_ultralytics_it_exports_by_itself(tmp_path: Path) -> None:
    """A network of two classes with random weights: the size asked for, its own names, nothing beside the weights."""
    tasks = pytest.importorskip("ultralytics.nn.tasks", reason="needs the extra `train`")
    network = tasks.DetectionModel("yolo11n.yaml", nc=2, verbose=False)
    network.names = {0: "car", 1: "jug"}
    (tmp_path / "mine").mkdir()
    place = tmp_path / "mine" / "best.pt"
    torch = pytest.importorskip("torch")
    torch.save({"model": network, "train_args": {"imgsz": 640}}, place)
    added = import_model(ImportOptions(place, size=(320, 192)), tmp_path / "models", None, replace=False)
    manifest = added.model.manifest
    assert (manifest.name, manifest.family) == ("best", "ultralytics")
    assert (manifest.input.width, manifest.input.height) == (320, 192)
    assert manifest.classes == ("car", "jug")
    assert [path.name for path in place.parent.iterdir()] == ["best.pt"]
