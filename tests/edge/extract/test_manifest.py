"""A model is taken only if it is what its manifest says."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.edge.extract.models import description, manifest, write

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract import manifest as manifest_module
from sharp_eyes.edge.extract.manifest import bundled_models, load_model


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
        ({"schema": 2}, "schema"),
        ({"family": "unheard_of"}, "family"),
        ({"classes": []}, "classes"),
        ({"classes": ["car", "car"]}, "stands twice"),
        ({"treshold": 0.3}, "treshold: unknown key"),
        ({"threshold": 1.5}, "threshold"),
        ({"sha256": "abc"}, "sha256"),
        ({"file": "../other.onnx"}, "file"),
        ({"input": {"width": 640}}, "input.height"),
        ({"input": {"width": 64, "height": 64, "dtype": "uint8", "scale": 0.5}}, "uint8"),
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
    monkeypatch.setattr(manifest_module, "__file__", str(package / "edge" / "extract" / "manifest.py"))
    with pytest.raises(ModelError, match=r"no bundled model.*install the package again"):
        bundled_models()
    (package / "models" / "street").mkdir(parents=True)
    (package / "models" / "street" / "manifest.yaml").touch()
    assert bundled_models() == package / "models"
