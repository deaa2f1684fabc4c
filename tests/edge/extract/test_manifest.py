"""A model is taken only if it is what its manifest says."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.edge.extract.models import description, manifest, write

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract import model as model_module
from sharp_eyes.edge.extract.model import bundled_models, find_manifest, load_model
from sharp_eyes.edge.settings import ModelSettings


def test_bundled_model_is_whole() -> None:
    """Without a path the bundled street model is loaded, its checksum right and its classes named."""
    model = load_model()
    assert model.manifest.name == "street"
    assert model.file.is_file()
    assert {"person", "bicycle", "car"} <= set(model.classes)


def test_altered_network_is_refused(tmp_path: Path) -> None:
    """A network with another checksum is an error that names both sums and the file."""
    path = write(tmp_path, b"network")
    (tmp_path / "test.onnx").write_bytes(b"another")
    with pytest.raises(ModelError, match=r"test\.onnx.*expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}"):
        load_model(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    """A missing manifest and a missing network are errors that name the file and what to do."""
    with pytest.raises(ModelError, match=r"nowhere\.yaml: No such file.*model\.manifest"):
        load_model(tmp_path / "nowhere.yaml")
    path = write(tmp_path, b"network")
    (tmp_path / "test.onnx").unlink()
    with pytest.raises(ModelError, match=r"test\.onnx: No such file.*install"):
        load_model(path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 3}, "schema"),
        ({"schema": 1}, "put 'file' and 'sha256' under 'networks: fp32:'"),
        ({"family": "unheard_of"}, "family"),
        ({"classes": []}, "classes"),
        ({"classes": ["car", "car"]}, "stands twice"),
        ({"treshold": 0.3}, "treshold: unknown key"),
        ({"threshold": 1.5}, "threshold"),
        ({"networks": {}}, "networks"),
        ({"networks": {"fp32": {"file": "a.onnx", "sha256": "abc"}}}, "networks.fp32.sha256"),
        ({"networks": {"fp32": {"file": "../other.onnx", "sha256": "0" * 64}}}, "networks.fp32.file"),
        ({"networks": {"fp64": {"file": "a.onnx", "sha256": "0" * 64}}}, "fp64"),
        ({"kind": "segmenter"}, "kind segmenter does not go with family ultralytics"),
        ({"family": "segmentation"}, "kind detector does not go with family segmentation"),
        ({"thresholds": {"tree": 0.5}}, "thresholds: tree"),
        ({"thresholds": {"car": 1.5}}, "thresholds: car: must lie between 0 and 1"),
        ({"class_map": {"size": 80, "names": {80: "car"}}}, "80 not within 0 to 79"),
        ({"class_map": {"size": 80, "names": {2: "tram"}}}, "class_map: tram"),
        ({"reference": {"pictures": [{"file": "../a.jpg", "sha256": "0" * 64}]}}, "file"),
        ({"reference": {"pictures": [{"file": "a/../b.jpg", "sha256": "0" * 64}]}}, "outside the manifest's folder"),
        ({"reference": {"tolerances": {"int4": {}}}}, "int4"),
        ({"input": {"width": 640}}, "input.height"),
        ({"input": {"width": 64, "height": 64, "dtype": "uint8", "scale": 0.5}}, "uint8"),
        ({"input": {"width": 64, "height": 64, "dtype": "uint8", "mean": [1, 1, 1]}}, "uint8"),
        ({"input": {"width": 64, "height": 64, "std": [1, 0, 1]}}, "std: each value must be above zero"),
        ({"figures": {"tree": {"real": None, "rendered": None}}}, "tree"),
    ],
)
def test_wrong_manifest_names_file_and_key(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """Each mistake in a manifest is named with its key."""
    path = tmp_path / "manifest.yaml"
    path.write_text(yaml.safe_dump(description(**changes)), encoding="utf-8")
    with pytest.raises(ModelError, match=r"manifest\.yaml") as caught:
        load_model(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["a: [", "- just\n- a list\n", "", "\x00"])
def test_no_manifest_at_all_is_an_error(tmp_path: Path, text: str) -> None:
    """Broken YAML, or YAML that is no mapping, is an error with the file's name."""
    path = tmp_path / "manifest.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"manifest\.yaml"):
        load_model(path)


def test_only_figures_of_real_pictures_count_as_measured(tmp_path: Path) -> None:
    """A class is measured on real pictures only if there is a figure that says so."""
    good = {"map50": 0.5, "precision": 0.6, "recall": 0.7, "pictures": 40}
    figures = {
        "person": {"real": good, "rendered": None},
        "car": {"real": None, "rendered": good},
        "bus": {"real": {**good, "pictures": 0}},
    }
    path = write(tmp_path, b"network", classes=["person", "car", "bus", "truck"], figures=figures)
    model = load_model(path)
    measured = {name: model.measured_on_real(name) for name in [*model.classes, "tree"]}
    assert measured == {"person": True, "car": False, "bus": False, "truck": False, "tree": False}


def test_further_figures_may_stand_beside() -> None:
    """A figure that this version does not know does no harm."""
    figure = {"map50": 0.5, "precision": 0.6, "recall": 0.7, "pictures": 4, "map50_95": 0.3}
    assert manifest(figures={"car": {"real": figure}}).figures["car"].real is not None


def test_models_are_found_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package has its models inside; where there are none the error says what to do."""
    package = tmp_path / "site-packages" / "sharp_eyes"
    monkeypatch.setattr(model_module, "__file__", str(package / "edge" / "extract" / "model.py"))
    with pytest.raises(ModelError, match=r"no bundled model.*install the package again"):
        bundled_models()
    (package / "models" / "street").mkdir(parents=True)
    (package / "models" / "street" / "manifest.yaml").touch()
    assert bundled_models() == package / "models"


def test_every_file_of_a_manifest_is_checked(tmp_path: Path) -> None:
    """A reduced network or a reference picture that was altered is refused like the network itself."""
    base = {"file": "test.onnx", "sha256": hashlib.sha256(b"network").hexdigest()}
    small = {"file": "small.onnx", "sha256": hashlib.sha256(b"small").hexdigest()}
    picture = {"file": "reference/a.jpg", "sha256": hashlib.sha256(b"picture").hexdigest()}
    changes = {"networks": {"int8": small, "fp32": base}, "reference": {"pictures": [picture]}}
    path = write(tmp_path, b"network", **changes)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/a.jpg").write_bytes(b"picture")
    with pytest.raises(ModelError, match=r"small\.onnx: No such file"):
        load_model(path)
    (tmp_path / "small.onnx").write_bytes(b"small")
    model = load_model(path)
    assert (model.file.name, model.file_of("int8").name) == ("test.onnx", "small.onnx")
    (tmp_path / "reference/a.jpg").write_bytes(b"another")
    with pytest.raises(ModelError, match=r"a\.jpg: not the file"):
        load_model(path)


def test_a_model_is_found_by_name(tmp_path: Path) -> None:
    """An added model goes before a bundled one of the same name; an unknown name lists those there are."""
    (tmp_path / "mine").mkdir()
    path = write(tmp_path / "mine", b"network")

    def named(name: str) -> Path:
        return find_manifest(ModelSettings.model_validate({"name": name, "directory": tmp_path}))

    assert named("mine") == path
    assert named("street") == bundled_models() / "street" / "manifest.yaml"
    with pytest.raises(ModelError, match=r"no model 'other'.*mine, street"):
        named("other")
