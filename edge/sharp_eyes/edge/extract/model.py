"""Finds a model's folder and makes sure that what lies in it is what the manifest says."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.figures import SegmentationFigure
from sharp_eyes.edge.extract.manifest import Manifest, read_manifest
from sharp_eyes.edge.extract.reference import Precision
from sharp_eyes.edge.settings import ModelSettings

DEFAULT = "street"
"""The first of the bundled detectors."""
MANIFEST = "manifest.yaml"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is there and is what its manifest says, byte for byte.

    Attributes:
        manifest: its description.
        folder: where the manifest and its files lie.
    """

    manifest: Manifest
    folder: Path

    @property
    def file(self) -> Path:
        """The network in the most exact precision there is."""
        return self.file_of(self.manifest.base)

    def file_of(self, precision: Precision) -> Path:
        """The network in one precision; the manifest must have it."""
        return self.folder / self.manifest.networks[precision].file

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes it gives."""
        return self.manifest.classes

    def measured_on_real(self, class_name: str) -> bool:
        """Whether the class's accuracy was measured on real pictures."""
        figures = self.manifest.figures.get(class_name)
        return figures is not None and figures.real is not None and figures.real.pictures > 0


def bundled_models() -> Path:
    """Folder of the models that come with the program.

    Raises:
        ModelError: when neither the installed package nor a source checkout has one.
    """
    package = Path(__file__).resolve().parents[2]
    # The checkout first: what an installation copied beside the package would go stale.
    candidates = [package.parents[1] / "models", package / "models"]
    for folder in candidates:
        if (folder / DEFAULT / MANIFEST).is_file():
            return folder
    raise ModelError(
        f"no bundled model beside {package}; install the package again, or name a manifest.yaml under model.manifest"
    )


def find_manifest(settings: ModelSettings) -> Path:
    """Path of the manifest that the settings name by path or by name; else that of the bundled detector.

    Raises:
        ModelError: when no model has that name; lists those there are.
    """
    if settings.manifest is not None:
        return settings.manifest
    if settings.name is None:
        return bundled_models() / DEFAULT / MANIFEST
    folders = [bundled_models()] if settings.directory is None else [settings.directory, bundled_models()]
    for folder in folders:
        if (found := folder / settings.name / MANIFEST).is_file():
            return found
    there = sorted(path.parent.name for folder in folders for path in folder.glob(f"*/{MANIFEST}"))
    raise ModelError(
        f"model.name: there is no model '{settings.name}' in {' or '.join(map(str, folders))}; there are: "
        f"{', '.join(there)}; add one with `sharp-eyes-edge models add`"
    )


def detector_manifests(settings: ModelSettings) -> list[Path]:
    """Manifests of the detector that the settings name, if any, and of the bundled ones, `street` first.

    Raises:
        ModelError: when no model has the name, or a bundled manifest cannot be read.
    """
    named = [find_manifest(settings)] if settings.manifest is not None or settings.name is not None else []
    folder = bundled_models()
    found = sorted(folder.glob(f"*/{MANIFEST}"), key=lambda path: (path.parent.name != DEFAULT, path))
    bundled = [path for path in found if read_manifest(path).kind == "detector"]
    return named + [path for path in bundled if path not in named]


def load_model(path: Path | None = None) -> Model:
    """Read a manifest and check the files beside it; ``None`` means the bundled detector.

    Raises:
        ModelError: names the file, what is wrong with it and what to do.
    """
    path = find_manifest(ModelSettings()) if path is None else path
    manifest = read_manifest(path)
    for network in manifest.networks.values():
        check_file(path.parent / network.file, network.sha256, path)
    for picture in manifest.reference.pictures:
        check_file(path.parent / picture.file, picture.sha256, path)
    return Model(manifest, path.parent)


def sha256_of(file: Path) -> str:
    """Checksum of a file's content, in hexadecimal; an OSError where it cannot be read."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def check_file(file: Path, expected: str, manifest: Path) -> None:
    """Compare a file with its checksum in a manifest.

    Raises:
        ModelError: when it is missing or another file.
    """
    try:
        found = sha256_of(file)
    except OSError as error:
        raise ModelError(
            f"{file}: {error.strerror}; put the file named by {manifest} there, or install the package again"
        ) from error
    if found != expected:
        raise ModelError(
            f"{file}: not the file that {manifest} describes: expected sha256 {expected}, got {found}; "
            "copy both again from one release (with Git LFS, run `git lfs pull`)"
        )


def accuracy_of(manifest: Manifest, class_name: str) -> dict[str, float | None]:
    """The leading figure of a class, on ``real`` and on ``rendered`` pictures: mAP50, or a segmenter's IoU."""
    figures = manifest.figures.get(class_name)
    found: dict[str, float | None] = {}
    for side in ("real", "rendered"):
        figure = getattr(figures, side, None)
        found[side] = figure.iou if isinstance(figure, SegmentationFigure) else getattr(figure, "map50", None)
    return found
